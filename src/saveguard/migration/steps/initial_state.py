"""Initial states of a recurrent layer among its inputs.

## Recognises

A call of a recurrent layer, or of a Bidirectional one, on a list: the sequence and its initial
states.

## Rewrites

The sequence, and `initial_state`.

## Why

Keras 2 put the states behind the sequence when it wrote the call. Keras 3 takes one tensor
there.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/rnn/base_rnn.py (RNN.__call__)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/rnn.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import made, settings
from saveguard.migration.step import Old, Step

_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
              "Bidirectional", "CuDNNLSTM", "CuDNNGRU")  # fmt: skip


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name not in _RECURRENT or old.numbers >= (3,) or settings(node).get("constants"):
        return
    for call in node.raw.get("inbound_nodes") or ():
        tensors = call["args"][0] if isinstance(call, dict) and call.get("args") else None
        if isinstance(tensors, list) and len(tensors) > 1:
            call["args"] = [tensors[0]]
            call["kwargs"]["initial_state"] = tensors[1:]
            yield f"{len(tensors) - 1} initial states are an argument of the call"


step = Step(
    name="initial-state",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/rnn.py",
)


def bad() -> Any:
    """A decoder with the states of its encoder."""
    return made("LSTM", "lstm", units=2) | {
        "inbound_nodes": [{"args": [[wiring.tensor(x) for x in "xhc"]], "kwargs": {}}]
    }


def good() -> Any:
    """Without states."""
    return made("LSTM", "lstm", units=2) | {
        "inbound_nodes": [{"args": [wiring.tensor("x")], "kwargs": {}}]
    }
