"""Kernels of a convolution that Theano flipped.

## Recognises

Conv1D, Conv2D, Conv3D, Conv2DTranspose and ConvLSTM2D in a file that says it was saved with
Theano.

## Rewrites

The kernel is turned around along its spatial axes.

## Why

Theano computed a convolution, every other backend a correlation. Keras 2 turned kernels around
when it loaded such a file; Keras 3 does not look at the backend.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/2.2.4/keras/engine/saving.py (_need_convert_kernel)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree
from saveguard.migration.parts import made
from saveguard.migration.step import Old, Step

_CLASSES = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.backend == "theano" and node.class_name in _CLASSES:
        name = "theano-two-kernels" if node.class_name == "ConvLSTM2D" else "theano-kernel"
        tree.convert(node.raw, name)  # type: ignore[arg-type]
        yield "its kernel is turned around, as Theano kept it"


step = Step(
    name="theano-kernels",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/2.2.4/keras/engine/saving.py",
)


def bad() -> Any:
    """A convolution."""
    return made("Conv2D", "conv2d", filters=2, kernel_size=[3, 3])


def good() -> Any:
    """No convolution."""
    return made("Dense", "dense", units=2)
