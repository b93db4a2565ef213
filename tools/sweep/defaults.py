"""Layers that no test of Keras's configures by itself, and those that cannot be swept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from configuration import Configuration

LEFT_OUT = {
    "FlaxLayer": "wraps a Flax module, which is not installed",
    "InputLayer": "is part of every Functional model of this sweep",
    "JaxLayer": "wraps a function of the user's own",
    "Layer": "the base class",
    "TFSMLayer": "wraps a SavedModel outside of the file; Keras refuses to load it in safe mode",
    "TorchModuleWrapper": "wraps a module of the user's own",
    "Wrapper": "the base class of wrappers; swept through its subclasses",
}


def defaults() -> list[Configuration]:
    """The recurrent cells, each inside the layer that runs it."""
    return [
        Configuration(
            name=f"default {kind}", kind=kind, make=make, inputs={"input_shape": (2, 5, 3)}
        )
        for kind, make in sorted(_cells().items())
    ]


def _cells() -> dict[str, Callable[[], Any]]:
    from keras.layers import RNN, GRUCell, LSTMCell, SimpleRNNCell, StackedRNNCells

    return {
        "GRUCell": lambda: RNN(GRUCell(4, reset_after=False, use_bias=False)),
        "LSTMCell": lambda: RNN(LSTMCell(4, unit_forget_bias=False, activation="relu")),
        "SimpleRNNCell": lambda: RNN(SimpleRNNCell(4, recurrent_dropout=0.25, seed=7)),
        "StackedRNNCells": lambda: RNN(StackedRNNCells([LSTMCell(4), GRUCell(3)])),
    }
