"""`hard_sigmoid` as it was until Keras 2.15.

## Recognises

The activation `hard_sigmoid` in a file older than Keras 3, in any place; also where LSTM, GRU
or ConvLSTM of Keras 1 does not name its inner activation.

## Rewrites

A Sequential model of `Rescaling(0.2, 0.5)` and `ReLU(max_value=1)` in the place of the
activation: plain Keras loads it, and it computes what the name meant.

## Why

It was `clip(0.2 x + 0.5, 0, 1)` and is `clip(x / 6 + 0.5, 0, 1)` since Keras 3.0. A plain load
is silent, and wrong by up to 0.29 in a probability.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/activations.py (hard_sigmoid)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/activations/activations.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step

_INNER = ("LSTM", "GRU", "ConvLSTM2D", "LSTMCell", "GRUCell")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers >= (3,) or "hard_sigmoid" in old.custom:
        return
    held = settings(node)
    for argument, value in held.items():
        if argument.endswith("activation") and _named(value):
            held[argument] = _as_it_was()
            yield f"{argument}: clip(0.2 x + 0.5, 0, 1), as hard_sigmoid was"


def _named(value: Any) -> bool:
    return value == "hard_sigmoid" or (
        isinstance(value, dict) and "hard_sigmoid" in (value.get("class_name"), value.get("config"))
    )


def _as_it_was() -> Raw:
    """`clip(0.2 x + 0.5, 0, 1)` in layers of Keras's own."""
    scaled = made("Rescaling", "rescaling", scale=0.2, offset=0.5)
    clipped = made("ReLU", "re_lu", max_value=1.0)
    config = {"name": "hard_sigmoid", "layers": [scaled, clipped]}
    return {"class_name": "Sequential", "config": config}


step = Step(
    name="hard-sigmoid",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/activations/activations.py",
)


def bad() -> Any:
    """The inner activation of an LSTM."""
    return made("LSTM", "lstm", units=2, recurrent_activation="hard_sigmoid")


def good() -> Any:
    """The one that kept its meaning."""
    return made("LSTM", "lstm", units=2, recurrent_activation="sigmoid")
