"""A model of each kind, as the writer's tests save them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

layers = keras.layers


def _trained() -> Any:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization()])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.ones((4, 4)), np.ones((4, 3)), verbose=0)
    return model


def _shared_and_nested() -> Any:
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="inner")
    first, second = keras.Input((4,)), keras.Input((4,))
    return keras.Model([first, second], layers.add([inner(first), inner(second)]))


def _text() -> Any:
    words = layers.TextVectorization(output_sequence_length=3)
    words.adapt(["one two", "three"])
    return keras.Sequential([keras.Input((), dtype="string"), words, layers.Embedding(9, 2)])


def _quantized() -> Any:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(2)])
    model.quantize("int8")
    return model


def _lora() -> Any:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4)])
    model.layers[0].enable_lora(2)
    return model


def _half() -> Any:
    policy = keras.DTypePolicy("bfloat16")
    return keras.Sequential([keras.Input((4,)), layers.Dense(2, dtype=policy)])


def _recurrent() -> Any:
    kinds = [layers.Bidirectional(layers.GRU(3, return_sequences=True)), layers.LSTM(2)]
    return keras.Sequential([keras.Input((5, 2)), *kinds])


def _large() -> Any:
    return keras.Sequential([keras.Input((300,)), layers.Dense(200), layers.Dense(301)])


def _many() -> Any:
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.add([layers.Dense(2)(inputs) for _ in range(80)]))


MODELS: dict[str, Callable[[], Any]] = {
    "trained": _trained,
    "shared and nested": _shared_and_nested,
    "text": _text,
    "quantized": _quantized,
    "LoRA": _lora,
    "bfloat16": _half,
    "recurrent": _recurrent,
    "large": _large,
    "many": _many,
    "no weights": lambda: keras.Sequential([keras.Input((4,)), layers.Flatten()]),
}
