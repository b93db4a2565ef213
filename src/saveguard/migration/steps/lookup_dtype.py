"""The dtype of a layer that gives whole numbers.

## Recognises

`dtype: float32` of Hashing, Discretization, IntegerLookup, StringLookup and CategoryEncoding of
TF 2.3 to 2.5.

## Rewrites

It is dropped: the layer's own default is a whole number where it gives places.

## Why

The experimental layers wrote the dtype that every layer has. Keras 3 refuses one that is no
whole number where the layer gives whole numbers.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/preprocessing/hashing.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import dropped, made, settings
from saveguard.migration.step import Old, Step

# What TF 2.3 wrote for a layer that was given no salt, and did not hash with.
_UNSALTED = [0xDECAFCAFFE] * 2
_LAYERS = ("Hashing", "Discretization", "IntegerLookup", "StringLookup")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    places = settings(node).get("output_mode", "int") == "int"
    if node.class_name in _LAYERS and places and old.numbers < (3,):
        yield from dropped(node, "dtype", lambda dtype: str(dtype).startswith("float"))
    if node.class_name == "Hashing" and old.numbers < (3,):
        yield from dropped(node, "salt", lambda salt: salt == _UNSALTED)


step = Step(
    name="lookup-dtype",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/preprocessing/hashing.py",
)


def bad() -> Any:
    """Buckets as floats."""
    return made("Hashing", "hashing", num_bins=4, dtype="float32")


def good() -> Any:
    """Buckets as whole numbers."""
    return made("Hashing", "hashing", num_bins=4, dtype="int64")
