"""`groups` of depthwise, separable and transposed convolutions.

## Recognises

`groups: 1` where the class takes no `groups`, and the `kernel_initializer`, `kernel_regularizer`
and `kernel_constraint` that such a class never used.

## Rewrites

They are dropped.

## Why

tf.keras 2.3 to 2.15 wrote the arguments of the base class with every convolution. Keras 3 takes
`groups` for Conv1D, Conv2D and Conv3D alone.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/convolutional/base_depthwise_conv.py
- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/convolutional/base_conv.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped, made, settings
from saveguard.migration.step import Old, Step

_KERNEL = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    parts = "Depthwise" in node.class_name or "Separable" in node.class_name
    if not parts and not ("Conv" in node.class_name and "Transpose" in node.class_name):
        return
    yield from dropped(node, "groups", lambda value: value == 1)
    held = settings(node)
    for argument in _KERNEL if parts and "depthwise_initializer" in held else ():
        yield from dropped(node, argument, anything)


step = Step(
    name="groups",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/convolutional/base_depthwise_conv.py",
)


def bad() -> Any:
    """As tf.keras 2.3 and later write it."""
    return made("DepthwiseConv2D", "depthwiseconv2d", kernel_size=[3, 3], groups=1)


def good() -> Any:
    """A convolution in groups."""
    return made("Conv2D", "conv2d", filters=2, kernel_size=[3, 3], groups=1)
