"""`dtype` of an initializer.

## Recognises

`dtype` among the arguments of an initializer.

## Rewrites

It is dropped.

## Why

TF 1 and tf.keras until 2.2 wrote it. Keras 3 gives the dtype when a variable is made. The values
come from the file anyway.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/initializers/random_initializers.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers < (3,):
        yield from dropped(node, "dtype", anything)


step = Step(
    name="initializer-dtype",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/initializers/random_initializers.py",
    on=("initializer",),
)


def bad() -> Any:
    """As TF 1 writes it."""
    return {
        "class_name": "Dense",
        "config": {
            "name": "d",
            "bias_initializer": {"class_name": "Zeros", "config": {"dtype": "float32"}},
        },
    }


def good() -> Any:
    """As Keras 3 writes it."""
    return {
        "class_name": "Dense",
        "config": {"name": "d", "bias_initializer": {"class_name": "Zeros", "config": {}}},
    }
