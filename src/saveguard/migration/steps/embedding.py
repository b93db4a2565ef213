"""Arguments of an Embedding that say nothing any more.

## Recognises

`input_length`; a `dtype` of whole numbers; `dropout` of Keras 1 that is zero.

## Rewrites

They are dropped; the dtype becomes `float32`.

## Why

`input_length` was used for the output's shape alone. Keras 1 and some files of Keras 2 wrote the
dtype of the inputs, `int32`, where Keras 3 reads that of the vectors.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/embedding.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped, made, settings
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name != "Embedding" or old.numbers >= (3,):
        return
    for argument in ("input_length", "sparse", "use_one_hot_matmul"):
        yield from dropped(node, argument, anything)
    yield from dropped(node, "dropout")
    dtype = settings(node).get("dtype")
    if isinstance(dtype, str) and "int" in dtype:
        settings(node)["dtype"] = "float32"
        yield f"dtype={dtype!r} was that of the inputs; that of the vectors is float32"


step = Step(
    name="embedding",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/embedding.py",
)


def bad() -> Any:
    """As Keras 1 writes it."""
    return made("Embedding", "embedding", input_dim=9, output_dim=2, input_length=5, dtype="int32")


def good() -> Any:
    """Without."""
    return made("Embedding", "embedding", input_dim=9, output_dim=2, dtype="float32")
