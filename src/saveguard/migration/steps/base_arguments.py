"""Arguments that a layer has from a class above it and never reads.

## Recognises

`trainable`, `noise_shape`, `rng_type` and `force_generator` of SpatialDropout, Discretization,
Hashing, StringLookup and others that take no such
argument; `value_range` of RandomRotation and others, as Keras 3.0 wrote it.

## Rewrites

They are dropped.

## Why

Keras 2 wrote the settings of every class above a layer. Some classes of Keras 3 have a
constructor that names only their own.

## Result

Equal: these layers have no weights to train.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/regularization/spatial_dropout.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped, made, today
from saveguard.migration.step import Old, Step

_ARGUMENTS = ("trainable", "noise_shape", "rng_type", "force_generator", "activity_regularizer",
              "autocast", "has_static_table", "batch_size", "robust_masking")  # fmt: skip

# What an earlier release of Keras 3 wrote.
_OF_KERAS_3 = ("value_range",)


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    symbol = today().symbol(node.class_name, role="layer")
    if symbol is None or node.class_name in old.custom:
        return
    for argument in _ARGUMENTS if old.numbers < (3,) else _OF_KERAS_3:
        if not symbol.takes(argument):
            yield from dropped(node, argument, anything)


step = Step(
    name="base-arguments",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/regularization/spatial_dropout.py",
)


def bad() -> Any:
    """A dropout that is trainable."""
    return made("SpatialDropout1D", "spatialdropout1d", rate=0.5, trainable=True)


def good() -> Any:
    """A layer that takes it."""
    return made("Dropout", "dropout", rate=0.5, trainable=True)
