"""The tokens of a lookup under the names that they had at first.

## Recognises

`max_values`, `mask_value` and `oov_value` of IntegerLookup.

## Rewrites

`max_tokens`, `mask_token` and `oov_token`.

## Why

TensorFlow 2.6 gave IntegerLookup the arguments of StringLookup. The mask had no default of its
own: a file without one keeps none.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/preprocessing/integer_lookup.py
- https://github.com/tensorflow/tensorflow/blob/v2.3.0/tensorflow/python/keras/layers/preprocessing/integer_lookup.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import made, renamed
from saveguard.migration.step import Old, Step

_NAMES = {"max_values": "max_tokens", "mask_value": "mask_token", "oov_value": "oov_token"}


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name == "IntegerLookup" and old.numbers < (3,):
        for before, now in _NAMES.items():
            yield from renamed(node, before, now)


step = Step(
    name="lookup-names",
    rewrite=_rewrite,
    changed="2.6",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/preprocessing/integer_lookup.py",
)


def bad() -> Any:
    """As TensorFlow 2.3 writes it."""
    return made("IntegerLookup", "lookup", max_values=None, mask_value=0, oov_value=-1)


def good() -> Any:
    """As Keras 3 writes it."""
    return made("IntegerLookup", "lookup", max_tokens=None, mask_token=0, oov_token=-1)
