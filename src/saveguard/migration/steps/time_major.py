"""`time_major` of recurrent layers.

## Recognises

`time_major: false` of LSTM, GRU, SimpleRNN, RNN, ConvLSTM and Bidirectional.

## Rewrites

It is dropped.

## Why

Keras 3.0 removed the argument, and refuses it whatever its value. One that is true is left: its
layer takes time before batch, and Keras 3 has no such layer.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/rnn.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import dropped, made
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    yield from dropped(node, "time_major")


step = Step(
    name="time-major",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/rnn.py",
)


def bad() -> Any:
    """As tf.keras writes it."""
    return made("LSTM", "lstm", units=2, time_major=False)


def good() -> Any:
    """Batch before time is all there is."""
    return made("LSTM", "lstm", units=2)
