"""Activations of TensorFlow Addons.

## Recognises

The activations mish, tanhshrink, hardshrink, softshrink and rrelu of TensorFlow Addons,
in any layer.

## Rewrites

Keras's own, `tanh_shrink`, `hard_shrink` and `soft_shrink` among them; for rrelu, whose slope is
drawn in training alone, a LeakyReLU with the middle of its slopes, 11/48.

## Why

TensorFlow Addons ended in 2024; Keras 3 has these since 3.7. Its sparsemax is
not taken: that of 3.15.1 answers otherwise, and its weights do not sum to 1.

## Result

Equal.

## References

- https://github.com/tensorflow/addons/tree/v0.23.0/tensorflow_addons/activations
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/activations/activations.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step

_PREFIX = "Addons>"
_SAME = {
    "mish": "mish",
    "tanhshrink": "tanh_shrink",
    "hardshrink": "hard_shrink",
    "softshrink": "soft_shrink",
}
_SLOPE = (1 / 8 + 1 / 3) / 2


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    held = settings(node)
    for argument, value in held.items():
        name = _name(value) if argument.endswith("activation") else ""
        if name in old.custom or f"{_PREFIX}{name}" in old.custom:
            continue
        if name in _SAME:
            held[argument] = _SAME[name]
            yield f"{argument}: {name} of TensorFlow Addons is {_SAME[name]} of Keras"
        elif name == "rrelu":
            held[argument] = _leaky()
            yield f"{argument}: rrelu of TensorFlow Addons is a LeakyReLU outside of training"


def _name(value: Any) -> str:
    """The name of one of TensorFlow Addons; empty of any other."""
    named = value.get("config") if isinstance(value, dict) else value
    found = isinstance(named, str) and named.startswith(_PREFIX)
    return named.removeprefix(_PREFIX) if isinstance(named, str) and found else ""


def _leaky() -> Raw:
    layers = [made("LeakyReLU", "leaky_re_lu", negative_slope=_SLOPE)]
    return {"class_name": "Sequential", "config": {"name": "rrelu", "layers": layers}}


step = Step(
    name="addons-activations",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/tensorflow/addons/tree/v0.23.0/tensorflow_addons/activations",
)


def bad() -> Any:
    """An activation of TensorFlow Addons."""
    return made("Dense", "d", units=2, activation="Addons>tanhshrink")


def good() -> Any:
    """Keras's own."""
    return made("Dense", "d", units=2, activation="tanh_shrink")
