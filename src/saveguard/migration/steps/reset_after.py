"""A GRU that does not say `reset_after`.

## Recognises

GRU, GRUCell and CuDNNGRU without `reset_after` in their configuration.

## Rewrites

`reset_after: false`.

## Why

Keras before 2.1 knew no other way, and later files of Keras 2 always say it. Keras 3 takes it
for true where it is not said.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/gru.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import made, settings
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    silent = node.class_name in ("GRU", "GRUCell") and "reset_after" not in settings(node)
    if silent and old.numbers < (3,):
        settings(node)["reset_after"] = False
        yield "the reset gate is applied before the product, as it was"


step = Step(
    name="reset-after",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/gru.py",
)


def bad() -> Any:
    """As Keras 2.0 writes it."""
    return made("GRU", "gru", units=2)


def good() -> Any:
    """As tf.keras writes it."""
    return made("GRU", "gru", units=2, reset_after=True)
