"""CuDNNLSTM and CuDNNGRU.

## Recognises

The layers CuDNNLSTM and CuDNNGRU of Keras 2.0.9 to tf.keras 2.15 (`compat.v1`).

## Rewrites

LSTM and GRU with `sigmoid` as inner activation; the GRU with `reset_after`. The kernels are
transposed gate by gate, and the two biases of the LSTM are added.

## Why

cuDNN keeps a kernel for each gate, transposed, and a bias for the input and for the state.
Keras 3 uses cuDNN inside LSTM and GRU.

## Result

Equal, but that the two biases of an LSTM are added before the products and not after.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/rnn/cudnn_lstm.py
- https://github.com/keras-team/keras/blob/2.2.4/keras/engine/saving.py (_convert_rnn_weights)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree
from saveguard.migration.parts import made, settings
from saveguard.migration.step import Old, Step

_CLASSES = {"CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU"}


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    new = _CLASSES.get(node.class_name)
    if new is None or node.class_name in old.custom:
        return
    settings(node).update(activation="tanh", recurrent_activation="sigmoid", use_bias=True)
    if new == "GRU":
        settings(node)["reset_after"] = True
    node.raw["class_name"] = new  # type: ignore[index]
    tree.convert(node.raw, f"cudnn-{new.lower()}")  # type: ignore[arg-type]
    yield f"{node.class_name} is {new}, with its arrays in the order of {new}"


step = Step(
    name="cudnn",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/rnn/cudnn_lstm.py",
    exact="close",
)


def bad() -> Any:
    """A CuDNNLSTM."""
    return made("CuDNNLSTM", "cudnnlstm", units=2)


def good() -> Any:
    """An LSTM."""
    return made("LSTM", "lstm", units=2)
