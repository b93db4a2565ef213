"""Models of every style, small, with weights that no initialiser would give."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable("saveguard_tests")
class Attention(keras.layers.Layer):
    """A layer with two sub-layers and an argument."""

    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.blocks = [keras.layers.Dense(units), keras.layers.Dense(units)]

    def build(self, shape: Any) -> None:
        for block in self.blocks:
            block.build(shape)

    def call(self, inputs: Any) -> Any:
        first, second = (block(inputs) for block in self.blocks)
        return first * keras.ops.sigmoid(second)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("saveguard_tests")
class Subclassed(keras.Model):
    """A subclassed model with nested layers and a dictionary of inputs."""

    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.attention = Attention(units)
        self.head = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return {"score": self.head(self.attention(inputs["left"]) + inputs["right"])}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def shaken(model: Any) -> Any:
    """Every float variable gets seeded random values, so that no default can hide a loss."""
    generator = np.random.default_rng(7)
    for variable in model.variables:
        if "float" in str(variable.dtype):
            variable.assign(generator.uniform(0.1, 0.9, tuple(variable.shape)))
    return model


def rows(*shape: int, seed: int = 0) -> Any:
    """Seeded values, float32."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def sequential() -> tuple[Any, Any]:
    model = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(4, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(2),
        ]
    )
    return shaken(model), rows(6, 8)


def functional() -> tuple[Any, Any]:
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    shared = keras.layers.Dense(3, name="shared")
    merged = keras.layers.Concatenate()([shared(left), shared(right)])
    outputs = {"sum": keras.layers.Dense(1)(merged), "raw": merged}
    model = keras.Model({"left": left, "right": right}, outputs)
    return shaken(model), {"left": rows(5, 4), "right": rows(5, 4, seed=1)}


def subclassed() -> tuple[Any, Any]:
    model = Subclassed()
    example = {"left": rows(5, 4), "right": rows(5, 4, seed=1)}
    model(example)
    return shaken(model), example


def nested() -> tuple[Any, Any]:
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4), keras.layers.PReLU()])
    first, second = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([first, second], keras.layers.Add()([inner(first), inner(second)]))
    return shaken(model), [rows(5, 4), rows(5, 4, seed=1)]


def recurrent() -> tuple[Any, Any]:
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(20, 6, mask_zero=True),
            keras.layers.Bidirectional(keras.layers.GRU(3, return_sequences=True)),
            keras.layers.TimeDistributed(keras.layers.Dense(2)),
        ]
    )
    return shaken(model), np.array([[3, 5, 0], [7, 0, 0]], "int32")


def half_precision() -> tuple[Any, Any]:
    policy = keras.dtype_policies.DTypePolicy("mixed_bfloat16")
    model = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(4, dtype=policy),
            keras.layers.Dense(2, dtype=policy),
        ]
    )
    return shaken(model), rows(6, 8)


STYLES = {
    "sequential": sequential,
    "functional": functional,
    "subclassed": subclassed,
    "nested": nested,
    "recurrent": recurrent,
    "half_precision": half_precision,
}
