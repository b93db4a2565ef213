"""Models of ten styles, each with a place for one layer that takes and gives 4 elements a row.

They are a user's module: a fresh process imports it, and finds its classes registered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

RNG = np.random.default_rng(0)
registered = keras.saving.register_keras_serializable("hosts")


class Host(NamedTuple):
    """A style of model.

    Attributes:
        place: The layer's path, as its user writes it.
        build: The model around a layer; `built` says whether it has weights yet.
        example: `(x, y)` of 4 rows.
        dtype: The dtype policy of the layer.
    """

    name: str
    place: str
    build: Callable[[Any], Any]
    example: Callable[[], Any]
    dtype: str = "float32"


def rows(*shape: int) -> Any:
    """Four rows of random numbers."""
    return RNG.normal(size=(4, *shape)).astype("float32")


def sequential(part: Any) -> Any:
    """A stack with an input shape."""
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(4), part, keras.layers.Dense(2)])


def functional(part: Any) -> Any:
    """A graph with a residual connection."""
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(4, activation="relu")(inputs)
    joined = keras.layers.Add()([part(hidden), inputs])
    return keras.Model(inputs, keras.layers.Dense(2)(joined))


@registered
class Subclassed(keras.Model):
    """Built by its first call only."""

    def __init__(self, part: Any, **options: Any) -> None:
        super().__init__(**options)
        self.first = keras.layers.Dense(4)
        self.part = part
        self.last = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        """First, part, last."""
        return self.last(self.part(self.first(inputs)))

    def get_config(self) -> dict[str, Any]:
        """With the part's own configuration."""
        return {**super().get_config(), "part": keras.saving.serialize_keras_object(self.part)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The part first."""
        return cls(part=keras.saving.deserialize_keras_object(config.pop("part")), **config)


def nested(part: Any) -> Any:
    """A graph in a stack in a graph."""
    inner_inputs = keras.Input((4,))
    inner = keras.Model(inner_inputs, part(keras.layers.Dense(4)(inner_inputs)))
    stack = keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(4)])
    inputs = keras.Input((4,))
    return keras.Model(inputs, keras.layers.Dense(2)(stack(inputs)))


def shared(part: Any) -> Any:
    """Two inputs through the same layers."""
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    dense = keras.layers.Dense(4)
    joined = keras.layers.Concatenate()([part(dense(left)), part(dense(right))])
    return keras.Model([left, right], keras.layers.Dense(2)(joined))


def dictionaries(part: Any) -> Any:
    """Inputs and outputs in dictionaries."""
    inputs = {"count": keras.Input((3,), name="count"), "text": keras.Input((4,), name="text")}
    hidden = keras.layers.Concatenate()([part(inputs["text"]), inputs["count"]])
    outputs = {name: keras.layers.Dense(2, name=name)(hidden) for name in ("high", "low")}
    return keras.Model(inputs, outputs)


@registered
class Cell(keras.layers.Layer):
    """A recurrent cell around the part."""

    def __init__(self, part: Any, **options: Any) -> None:
        super().__init__(**options)
        self.part = part
        self.state_size = 4
        self.mix = keras.layers.Dense(4)

    def build(self, shape: Any) -> None:
        """Both layers inside."""
        self.mix.build(shape)
        if not self.part.built:
            self.part.build(shape)

    def call(self, inputs: Any, states: Any) -> Any:
        """The part of what was mixed with the state."""
        output = self.part(self.mix(inputs)) + states[0]
        return output, [output]

    def get_config(self) -> dict[str, Any]:
        """With the part's own configuration."""
        return {**super().get_config(), "part": keras.saving.serialize_keras_object(self.part)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The part first."""
        return cls(part=keras.saving.deserialize_keras_object(config.pop("part")), **config)


def recurrent(part: Any) -> Any:
    """A stack without an input shape, built by the example."""
    return keras.Sequential([keras.layers.RNN(Cell(part)), keras.layers.Dense(2)])


@registered
class Stepping(keras.Model):
    """A graph with a training step of its own."""

    def train_step(self, *arguments: Any, **options: Any) -> Any:
        """Keras's own, counted."""
        return super().train_step(*arguments, **options)


def stepping(part: Any) -> Any:
    """A subclass of a graph."""
    inputs = keras.Input((4,))
    return Stepping(inputs, keras.layers.Dense(2)(part(keras.layers.Dense(4)(inputs))))


def mixed(part: Any) -> Any:
    """Computing in float16 with weights in float32."""
    policy = "mixed_float16"
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(4, dtype=policy),
            part,
            keras.layers.Dense(2, dtype=policy),
        ]
    )


@registered
class LowRank(keras.layers.Layer):
    """A frozen layer, adapted by a product of two small matrices.

    Not Keras's own `enable_lora`: Keras 3.15.1 adds its matrices to the kernel in the file, and
    gives the model back with zeros in them, which is what SG403 tells.
    """

    def __init__(self, units: int, rank: int, **options: Any) -> None:
        super().__init__(**options)
        self.units, self.rank = units, rank
        self.frozen = keras.layers.Dense(units, trainable=False)

    def build(self, shape: Any) -> None:
        """Random in, zeros out: at first it changes nothing."""
        self.frozen.build(shape)
        self.down = self.add_weight(shape=(shape[-1], self.rank), name="down")
        self.up = self.add_weight(shape=(self.rank, self.units), initializer="zeros", name="up")

    def call(self, inputs: Any) -> Any:
        """The frozen layer, and what was learnt beside it."""
        return self.frozen(inputs) + inputs @ self.down @ self.up

    def get_config(self) -> dict[str, Any]:
        """Both numbers."""
        return {**super().get_config(), "units": self.units, "rank": self.rank}


def adapted(part: Any) -> Any:
    """One layer with a low-rank adapter, another of 8-bit integers."""
    layers = [LowRank(4, 2), part, keras.layers.Dense(4), keras.layers.Dense(2)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    layers[2].quantize("int8")
    return model


def _one() -> Any:
    return rows(4), rows(2)


HOSTS = (
    Host("Sequential", "model.layers[1]", sequential, _one),
    Host("Functional", "model.layers[2]", functional, _one),
    Host("subclassed, unbuilt", "model.part", Subclassed, _one),
    Host("nested", "model.layers[1].layers[0].layers[2]", nested, _one),
    Host("shared layers", "model.layers[3]", shared, lambda: ([rows(4), rows(4)], rows(2))),
    Host(
        "dictionaries",
        "model.layers[1]",
        dictionaries,
        lambda: (
            {"count": rows(3), "text": rows(4)},
            {"high": rows(2), "low": rows(2)},
        ),
    ),
    Host(
        "recurrent cell, unbuilt",
        "model.layers[0].cell.part",
        recurrent,
        lambda: (rows(3, 4), rows(2)),
    ),
    Host("training step of its own", "model.layers[2]", stepping, _one),
    Host("mixed precision", "model.layers[1]", mixed, _one, "mixed_float16"),
    Host("low-rank adapter and int8", "model.layers[1]", adapted, _one),
)
