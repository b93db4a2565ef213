"""A functional model inside a Sequential one gives a list of one tensor to the next layer.

## What happens

`load_model` stops where the next layer is built, with a message about a shape that is no shape.

## Why

Keras 2 stored the output of a model in a list, even if there was one. Keras 3 takes the list at
its word: the model then returns a list, which a Dense or a Flatten layer does not accept.

## Fix

Unpack the single output, in place:

    with h5py.File("m.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        inner = config["config"]["layers"][0]["config"]
        [inner["output_layers"]] = inner["output_layers"]
        file.attrs["model_config"] = json.dumps(config)

## Seen in

- Keras 3.15.1: "ValueError: Cannot convert '((None, 1280), 2)' to a shape. Found invalid
  dimension '(None, 1280)' of type '<class 'tuple'>'."
- Keras 3.15.1: "'list' object has no attribute 'shape'"

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py (map_tensors)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/sequential.py (build)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules.halts import halts
from saveguard.rules.old_files import entry, functional, h5, layer, node, on, sequential

rule = Rule("SG224", "model-gives-list", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "list-output"):
        source, following = stop.values["source"], stop.values["layer"]
        yield rule.finding(
            where=f"{stop.document} {stop.turn.removesuffix('.~')}",
            message=f"the model `{source}` gives `{following}` a list of one tensor{more}",
            why=f"Its output is stored in a list, which Keras {facts.keras} keeps;"
            f" load_model() stops where the {stop.values['class']} layer is built, with a"
            " message about a shape that is none.",
            fix=f"take the list away from the single output at {stop.path}: from"
            ' [["out", 0, 0]] to ["out", 0, 0]',
        )


def bad(tmp: Path) -> Call:
    """An output in a list."""
    return _check(tmp, listed=True)


def good(tmp: Path) -> Call:
    """The output itself."""
    return _check(tmp, listed=False)


def _check(tmp: Path, *, listed: bool) -> Call:
    inner = functional(entry(), node("ReLU", "last", on("x")), output="last", name="inner")
    if not listed:
        inner["config"]["output_layers"] = ["last", 0, 0]
    return Call("check", (h5(tmp / "m.h5", sequential(inner, layer("Flatten", "flat"))),))
