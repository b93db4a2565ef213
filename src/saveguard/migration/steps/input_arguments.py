"""What a layer said of the inputs of its model.

## Recognises

`batch_input_shape`, `input_dtype`, `input_shape`, `dynamic` and `sparse` among a layer's arguments.

## Rewrites

They are dropped. The shape is the InputLayer's by then.

## Why

Until Keras 2 any layer could say what the model's inputs are; in Keras 3 only InputLayer does.
`dynamic` is gone since eager execution is no property of a layer.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/layer.py (Layer.__init__)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped, made, settings
from saveguard.migration.step import Old, Step

_ARGUMENTS = ("batch_input_shape", "input_dtype", "input_shape", "dynamic", "ragged")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers >= (3,) or node.class_name == "InputLayer" or "layers" in settings(node):
        return
    if node.class_name in old.custom:
        return
    for argument in _ARGUMENTS:
        yield from dropped(node, argument, anything)


step = Step(
    name="input-arguments",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/layer.py",
)


def bad() -> Any:
    """A layer with the shape of its model's inputs."""
    return made("Dense", "dense", units=2, batch_input_shape=[None, 4])


def good() -> Any:
    """A layer without."""
    return made("Dense", "dense", units=2)
