"""A plain Python attribute of a custom class is lost.

## What happens

A counter, a threshold, a table that the object gathered while it was used comes back as the
constructor makes it.

## Why

A file holds configurations and variables. An attribute that is neither is nowhere in it.

## Fix

Make it a variable, or an argument that `get_config` returns:

    self.steps = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False)

## Seen in

- Every version: silent.

## References

- https://keras.io/guides/serialization_and_saving/#customizing-saving-and-serialization
- https://github.com/keras-team/keras/issues/18398
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG407", "attribute-not-saved", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    for trait in facts.traits:
        if trait.builtin or trait.argument or trait.attribute == "compiled":
            continue
        yield rule.finding(
            where=f"{trait.holder}.{trait.attribute}",
            message=f"`{trait.attribute}` of `{trait.class_name}` comes back as {trait.after}"
            f" instead of {trait.before}",
            why="It is a plain Python attribute: neither a variable nor a part of the"
            " configuration, so the file does not hold it.",
            fix="keep it in a variable (self.add_weight(..., trainable=False)) or return it from"
            " get_config() and take it in __init__()",
            certainty="likely",
        )


def bad(tmp: Path) -> Call:
    """A layer that counts its calls in a plain attribute."""
    return _save(tmp, 7)


def good(tmp: Path) -> Call:
    """The same layer before it has counted anything."""
    return _save(tmp, 0)


def _save(tmp: Path, seen: int) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Counting(keras.layers.Layer):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.batches_seen = 0\n"
        "    def call(self, inputs):\n"
        "        return inputs\n",
    )
    layer = layers.Counting()
    layer.batches_seen = seen
    model = keras.Sequential([keras.Input((3,)), layer])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
