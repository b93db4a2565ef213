"""The `.h5` format loses what the `.keras` format keeps.

## What happens

An `.h5` file has no place for the state of preprocessing layers held outside their variables, for
seed generators, nor for objects in the configuration; arrays in it become lists. A subclassed
model is written, and cannot be loaded without its class's own effort.

## Why

It is the format of Keras 1 and 2, kept for old files.

## Fix

    saveguard.save(model, "m.keras", example=x)

## Seen in

- Keras 3.15.1: `model.save("m.h5")` warns that the format is legacy. Short names such as "mse"
  could not be read back ("Could not deserialize 'keras.metrics.mse' because it is not a
  KerasSaveable subclass"); `saveguard.save` writes them in full.

## References

- https://keras.io/guides/serialization_and_saving/
- https://github.com/keras-team/keras/issues/19330
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG413", "format-loses", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    if facts.layout != "h5":
        return
    lost = [f"`{o.class_name}` is a custom class" for o in facts.objects if not o.builtin][:2]
    if facts.kind == "subclass":
        lost.insert(0, "the model is subclassed, and this format has no graph of it")
    detail = f": {'; '.join(lost)}" if lost else ""
    yield rule.finding(
        where=facts.target,
        message=f".h5 is the format of Keras 1 and 2, and keeps less than .keras{detail}",
        why="It has no place for vocabularies and other assets, nor for seed generators; what"
        " this model lost by it, the proof tells under its own code.",
        fix=f'saveguard.save(model, "{Path(facts.target).with_suffix(".keras").name}", ...)',
        certainty="possible",
    )


def bad(tmp: Path) -> Call:
    """A model saved as `.h5`."""
    return _save(tmp, "m.h5")


def good(tmp: Path) -> Call:
    """The same model saved as `.keras`."""
    return _save(tmp, "m.keras")


def _save(tmp: Path, name: str) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    example = np.ones((2, 3), "float32"), np.zeros((2, 2), "float32")
    return Call("save", (model, tmp / name), {"example": example})
