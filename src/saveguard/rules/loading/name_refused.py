"""A layer or model has a name that the loading release does not accept.

## What happens

`load_model` stops where that object is made. tf.keras accepted the name, and still does.

## Why

In Keras 3 a name is a step of a path: it must be a string without a slash, and no other layer
of the model may have it.

## Fix

Rename it in the configuration, in place; the order of the layers, not their names, decides
which weights they get:

    with h5py.File("m.h5", "r+") as file:
        text = file.attrs["model_config"]
        file.attrs["model_config"] = text.replace('"block/conv"', '"block_conv"')

## Seen in

- Keras 3.0 to 3.15.1: "Argument `name` must be a string and cannot contain character `/`.
  Received: name=block/conv (of type <class 'str'>)"
- TF 1 and 2: "ValueError: 'a b/' is not a valid root scope name."
- Keras 3.0 to 3.15.1: "All layers added to a Sequential model should have unique names."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py
- https://github.com/keras-team/keras/issues/19077
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG219", "name-refused", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "name"):
        name = stop.values["name"]
        yield rule.finding(
            where=stop.where,
            message=f"Keras {facts.keras} does not accept the name `{name}`{more}",
            why=f"{stopping(facts, stop)}.",
            fix=f"rename `{name}` at {stop.path}, and wherever the document refers to it, to"
            f" `{name.replace('/', '_')}`"
            if "/" in name
            else f"give each layer called `{name}` a name of its own",
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Argument `name` must be a string and cannot contain character `/`\. Received:"
        r" name=(?P<name>\S+)"
        r"|'(?P<name2>[^']+)' is not a valid (?:root )?scope name"
        r"|(?P<name3>\S+) is not a valid (?:root )?scope name",
        message="the name {name}{name2}{name3} is not accepted",
        why="In Keras 3 a name is a step of a path, and has no slash; in TensorFlow it is a"
        " scope of"
        " the graph, and holds letters, digits and _ . - alone.",
        fix="let names of layers and models consist of letters, digits and _",
    )
)


def bad(tmp: Path) -> Call:
    """A name with a slash."""
    return _check(tmp, "block/drop")


def good(tmp: Path) -> Call:
    """A name without."""
    return _check(tmp, "block_drop")


def _check(tmp: Path, name: str) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    return Call("check", (h5(tmp / "m.h5", sequential(entry, layer("Dropout", name, rate=0.5))),))
