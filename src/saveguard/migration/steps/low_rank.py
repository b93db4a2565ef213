"""Kernels with an update of low rank beside them.

## Recognises

Dense, EinsumDense or Embedding in an `.h5` file of Keras 3 that holds two small matrices and the
kernel behind them, and whose configuration has no `lora_rank`, as Keras 3.0 and 3.1 wrote it.

## Rewrites

The product of the two is added to the kernel.

## Why

A model was saved after `enable_lora`, and its configuration does not say so: the layer is made
without the two. A `.keras` file holds the sum at once.

## Result

Equal, and the layer can be trained as a whole.

## References

- https://github.com/keras-team/keras/blob/v3.0.5/keras/layers/core/dense.py (save_own_variables)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree
from saveguard.migration.parts import made, settings
from saveguard.migration.step import SHAPED, Old, Step

_LAYERS = ("Dense", "EinsumDense", "Embedding")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    raw: dict[str, Any] = node.raw  # type: ignore[assignment]
    if node.class_name not in _LAYERS or raw.get(tree.WEIGHTS) or settings(node).get("lora_rank"):
        return
    held = old.shapes.get(str(raw.get(tree.ORIGIN, "")), ())
    if old.layout != "h5" or len(held) not in (3, 4):
        return
    first, second, kernel = held[-3:]
    if first[:-1] == kernel[:-1] and second == (first[-1], kernel[-1]):
        tree.convert(raw, "low-rank")
        yield "the update of its kernel is added to it"


step = Step(
    name="low-rank",
    rewrite=_rewrite,
    changed="3.3",
    source="https://github.com/keras-team/keras/blob/v3.0.5/keras/layers/core/dense.py",
)


def bad() -> Any:
    """A layer of which the file holds four arrays."""
    return made("Dense", "dense", units=8) | {tree.ORIGIN: SHAPED}


def good() -> Any:
    """A layer without any."""
    return made("Dense", "dense", units=8)
