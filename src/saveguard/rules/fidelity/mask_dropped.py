"""A mask ends at a layer that neither hands it on nor reads it, before the layer that needs it.

## What happens

Training and predicting work. The layers behind read padding as if it were data: an LSTM runs over
the empty steps, an attention looks at them, an average counts them. The file comes back exactly,
and gives the same wrong numbers.

## Why

Keras hands a mask from layer to layer beside the values. A layer takes it off unless its class
says `supports_masking = True`, or its `call` takes a `mask` itself.

## Fix

Say so, where the layer treats each step by itself:

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

## Seen in

- Keras 3.15.1: "Layer 'shift' (of type Shift) was passed an input with a mask attached to it.
  However, this layer does not support masking and will therefore destroy the mask information.", a
  warning, once.

## References

- https://keras.io/guides/understanding_masking_and_padding/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG450", "mask-dropped", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for mask in facts.masks:
        readers = ", ".join(mask.readers[:3])
        yield rule.finding(
            where=mask.holder,
            message=f"the mask ends at {mask.holder} (`{mask.class_name}`), and {readers} gets"
            " none",
            why=f"`{mask.class_name}` does not say supports_masking, so Keras {facts.keras} takes"
            f" the mask off what it gives; {readers} then reads padding as data.",
            fix=f"set self.supports_masking = True in __init__() of `{mask.class_name}`, if it"
            " treats each step by itself; or take `mask` in its call() and give one in"
            " compute_mask()",
            certainty="likely",
        )


def bad(tmp: Path) -> Call:
    """A layer between an Embedding that masks and an LSTM."""
    return _check(tmp, says=False)


def good(tmp: Path) -> Call:
    """The same layer, which hands masks on."""
    return _check(tmp, says=True)


def _check(tmp: Path, *, says: bool) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Shift(keras.layers.Layer):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        f"        self.supports_masking = {says}\n"
        "    def call(self, inputs):\n"
        "        return inputs + 1.0\n",
    )
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            keras.layers.Embedding(5, 3, mask_zero=True),
            layers.Shift(),
            keras.layers.LSTM(2),
        ]
    )
    return Call("check", (model,), {"example": np.array([[1, 2, 0, 0], [3, 4, 1, 0]])})
