"""Models that are checked before they are trained, and layers of a user's that do not come back."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

RNG = np.random.default_rng(0)
X = RNG.normal(size=(16, 4)).astype("float32")
Y = RNG.normal(size=(16, 2)).astype("float32")


def compiled(*layers: Any, inputs: bool = True) -> Any:
    keras.utils.set_random_seed(3)
    made = keras.Sequential([*([keras.Input((4,))] if inputs else []), *layers])
    made.compile(keras.optimizers.Adam(0.1), "mse", metrics=["mae"])
    return made


LAYERS = """
@keras.saving.register_keras_serializable('shop')
class Table(keras.layers.Layer):
    def __init__(self, rows, **kwargs):
        super().__init__(**kwargs)
        self.rows, self.first = rows, rows[1]
    def call(self, inputs):
        return inputs * self.first
    def get_config(self):
        return {**super().get_config(), "rows": self.rows}

@keras.saving.register_keras_serializable('shop')
class Takes(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), name="scale")
    def call(self, inputs):
        return inputs * self.scale
    def load_own_variables(self, store):
        raise KeyError("gone")

LIMIT = [1.0]

@keras.saving.register_keras_serializable('shop')
class Limited(keras.layers.Layer):
    def call(self, inputs):
        return inputs + LIMIT[0]

@keras.saving.register_keras_serializable('shop')
class Strict(keras.layers.Layer):
    def call(self, inputs):
        if LIMIT[0] != 2.0:
            raise RuntimeError("the limit is not set")
        return inputs
"""
