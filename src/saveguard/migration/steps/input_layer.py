"""An input layer in the words of Keras 1 and 2.

## Recognises

`batch_input_shape`, `ragged` and `input_dtype` of an InputLayer.

## Rewrites

`batch_shape`; `dtype`; a `ragged` that is not set is dropped. A ragged input becomes a dense one,
as Keras 3 has no ragged tensors.

## Why

Keras 3.0 renamed the argument. Its own loader does the same for an `.h5` file, but not for a
`.keras` file of tf.keras 2.12 to 2.15, nor where a layer is written with its module.

## Result

Equal, for inputs that are not ragged.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/input_layer.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped, renamed, settings
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name != "InputLayer" or old.numbers >= (3,):
        return
    yield from renamed(node, "batch_input_shape", "batch_shape")
    yield from renamed(node, "input_dtype", "dtype")
    for argument in ("ragged", "trainable", "type_spec", "autocast"):
        yield from dropped(node, argument, anything)
    if settings(node).get("dtype", "") is None:
        del settings(node)["dtype"]
        yield "without a dtype it takes the default"


step = Step(
    name="input-layer",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/input_layer.py",
)


def bad() -> Any:
    """The shape under its old name."""
    config = {"name": "x", "batch_input_shape": [None, 4], "dtype": "float32", "sparse": False}
    return {"class_name": "InputLayer", "config": config}


def good() -> Any:
    """The shape under its new name."""
    return {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 4]}}
