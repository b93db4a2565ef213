"""Models that every Keras 3 can build, trained for a step so that their optimizers have a state."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

ROWS = 6


def functional() -> Any:
    words = keras.Input((7,), dtype="int32", name="words")
    sizes = keras.Input((3,), name="sizes")
    read = keras.layers.LSTM(5)(keras.layers.Embedding(11, 4, mask_zero=True)(words))
    normal = keras.layers.BatchNormalization()(keras.layers.Dense(4, "relu")(sizes))
    merged = keras.layers.Concatenate()([read, normal])
    return keras.Model([words, sizes], keras.layers.Dense(2, name="answer")(merged))


def sequential() -> Any:
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ]
    )


def long_known() -> Any:
    """Layers and initializers whose configurations have no key that is new in Keras 3.15."""
    normal: Any = {"kernel_initializer": "random_normal"}
    steps = keras.Input((9, 2))
    found = keras.layers.Conv1D(4, 3, **normal)(steps)
    found = keras.layers.LayerNormalization()(found)
    return keras.Model(steps, keras.layers.GRU(2, **normal)(found))


MODELS = {"functional": functional, "sequential": sequential, "long_known": long_known}


def inputs(name: str) -> Any:
    """Rows for one of them."""
    draw = np.random.default_rng(7)
    if name == "functional":
        return [draw.integers(0, 11, (ROWS, 7)).astype("int32"), _normal(draw, 3)]
    return _normal(draw, *((8, 8, 3) if name == "sequential" else (9, 2)))


def trained(name: str) -> Any:
    """The model after a step of training on rows that mean nothing."""
    model = MODELS[name]()
    model.compile("adam", "mse")
    model.fit(inputs(name), np.ones((ROWS, 2), "float32"), batch_size=ROWS, verbose=0)
    return model


def built(name: str) -> Any:
    """The model before any training, with other weights."""
    keras.utils.set_random_seed(99)
    return MODELS[name]()


def _normal(draw: Any, *shape: int) -> Any:
    return draw.normal(size=(ROWS, *shape)).astype("float32")
