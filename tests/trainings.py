"""A small training that is the same each time."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

RNG = np.random.default_rng(0)
X = RNG.normal(size=(32, 4)).astype("float32")
Y = RNG.normal(size=(32, 2)).astype("float32")


def model(dropout: float = 0.0) -> Any:
    """A small compiled model."""
    keras.utils.set_random_seed(1)
    layers = [keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dropout(dropout)]
    made = keras.Sequential([*layers, keras.layers.Dense(2)])
    made.compile(keras.optimizers.Adam(0.05), "mse")
    return made


def fit(made: Any, *callbacks: Any, epochs: int = 3, **options: Any) -> Any:
    options = {"batch_size": 8, "shuffle": False, "verbose": 0, **options}
    return made.fit(X, Y, epochs=epochs, callbacks=list(callbacks), **options)
