"""An `.h5` file of Keras 3 holds an operation, which its loader cannot tell from a layer.

## What happens

`load_model` stops: at an unknown layer such as `GetItem` or `Relu`, or where an `Add` that came
from `x + y` is called like the layer of that name.

## Why

Where `keras.ops` functions or Python's operators were called on Keras tensors, the model holds
operations. A `.keras` file names their module; an `.h5` file holds class names alone, and looks
for them among the layers.

## Fix

Save the model as `.keras`, from code that still has it. From the file alone: rebuild the model
in code, and `model.load_weights("m.h5")`.

## Seen in

- Keras 3.0 to 3.15.1: "Unknown layer: 'GetItem'. Please ensure you are using a
  `keras.utils.custom_object_scope` and that this object is included in the scope."
- Keras 3.0 to 3.15.1: "TypeError: too many positional arguments"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/serialization.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import entry, functional, h5, node, on

rule = Rule("SG226", "operation-in-h5", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "keras-operation"):
        name = stop.values.get("name") or stop.values["class"]
        yield rule.finding(
            where=stop.where,
            message=f"`{name}` is an operation of keras.ops, which an .h5 file cannot hold{more}",
            why=f"The file has its name but not its module; {stopping(facts, stop)}.",
            fix="save the model as .keras; or rebuild it in code and call"
            f" model.load_weights({facts.path!r})",
        )


def bad(tmp: Path) -> Call:
    """`keras.ops.relu` on a Keras tensor."""
    return _check(tmp, "Relu")


def good(tmp: Path) -> Call:
    """The layer that does the same."""
    return _check(tmp, "ReLU")


def _check(tmp: Path, class_name: str) -> Call:
    model = functional(entry(), node(class_name, "cut", on("x")), output="cut")
    return Call("check", (h5(tmp / "m.h5", model, version="3.6.0"),))
