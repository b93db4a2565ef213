"""A Lambda layer of an old file holds the name of a function, not the function.

## What happens

`load_model` of an `.h5` file stops at that layer with two words, "unsupported callable".

## Why

Keras 2 stored a named function of a Lambda layer by its name and module. The loader of Keras 3
drops the module, and a bare name is no function.

## Fix

Pass the function by its name; `load_model` puts it in its place:

    keras.saving.load_model("m.h5", custom_objects={"scale": scale}, compile=False)

## Seen in

- Keras 3.0 to 3.15.1: "TypeError: unsupported callable"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/lambda_layer.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py
  (LAMBDA_DEP_ARGS)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import h5, layer, sequential

rule = Rule("SG218", "lambda-by-name", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "lambda-name"):
        function, module = stop.values["function"], stop.values["module"]
        yield rule.finding(
            where=stop.where,
            message=f"the Lambda `{stop.node.name if stop.node else ''}` holds the name"
            f" `{function}`, not a function{more}",
            why=f"Keras 2 looked it up in `{module}`, which Keras 3 does not; "
            f"{stopping(facts, stop)}.",
            fix=f"keras.saving.load_model({facts.path!r},"
            f" custom_objects={{{function!r}: {function}}}, compile=False)",
        )


def bad(tmp: Path) -> Call:
    """A Lambda with a function of the script that trained the model."""
    kept = {"output_shape": None, "output_shape_type": "raw", "output_shape_module": None}
    named = {"function": "halve", "function_type": "function", "module": "__main__", **kept}
    return _check(tmp, layer("Lambda", "halve", **named, arguments={}))


def good(tmp: Path) -> Call:
    """A layer that does the same."""
    return _check(tmp, layer("Rescaling", "halve", scale=0.5, offset=0.0))


def _check(tmp: Path, halve: dict[str, object]) -> Call:
    entry = layer("InputLayer", "x", batch_input_shape=[None, 4])
    return Call("check", (h5(tmp / "m.h5", sequential(entry, halve)),))
