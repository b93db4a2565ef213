"""Build a model around a configuration, with weights and an example that can hide nothing."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from configuration import Configuration


@dataclass(frozen=True)
class Subject:
    """A model to be saved, the layer in it that is looked at, and inputs for it."""

    model: Any
    layer: Any
    example: Any


class NotBuilt(Exception):
    """Keras itself cannot run this configuration; the message is Keras's first complaint."""


@keras.saving.register_keras_serializable(package="sweep")
class Around(keras.Model):
    """The smallest subclassed model: it calls one layer, which its configuration holds."""

    def __init__(self, layer: Any, options: dict[str, Any] | None = None, **rest: Any) -> None:
        super().__init__(**rest)
        if isinstance(layer, dict):
            layer = keras.saving.deserialize_keras_object(layer)
        self.layer = layer
        self.options = options or {}

    def call(self, inputs: Any) -> Any:
        """The layer's outputs; inputs by name are passed by name."""
        if isinstance(inputs, dict):
            return self.layer(**inputs, **self.options)
        return self.layer(inputs, **self.options)

    def get_config(self) -> dict[str, Any]:
        """The layer's own configuration, and the call's options."""
        layer = keras.saving.serialize_keras_object(self.layer)
        return {**super().get_config(), "layer": layer, "options": dict(self.options)}


def build(configuration: Configuration) -> Subject:
    """The model of a configuration, every floating-point variable set to random values.

    A Functional model where Keras can trace the layer, with a free batch axis where the layer
    allows it; else a subclassed model around it.

    Raises:
        NotBuilt: If the layer cannot be called on its own example.
    """
    keras.utils.set_random_seed(zlib.crc32(configuration.name.encode()))
    first: Exception | None = None
    for attempt in _attempts(configuration):
        keras.backend.clear_session(free_memory=False)
        try:
            subject = attempt()
            subject.model(subject.example, training=False)
        except Exception as error:  # noqa: BLE001  the first one is told where none succeeds
            first = first or error
            continue
        randomise(subject.model, zlib.crc32(configuration.name.encode()))
        return subject
    raise NotBuilt(complaint(first)) from first


def complaint(error: BaseException | None) -> str:
    """An error in one line: the line that says most, without Keras's own heading."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith("Exception encountered")]
    return f"{type(error).__name__}: {(told or lines or [''])[0]}"


def randomise(model: Any, seed: int) -> None:
    """Set every floating-point variable to values of its own, all between 0.05 and 0.95."""
    generator = np.random.default_rng(seed)
    for variable in model.variables:
        if "float" in str(variable.dtype):
            variable.assign(generator.uniform(0.05, 0.95, tuple(variable.shape)))
    for layer in model._flatten_layers():
        if hasattr(layer, "finalize_state"):  # constants that Keras derives from its variables
            layer.finalize_state()


def example_of(inputs: dict[str, Any]) -> Any:
    """Nested arrays for what `run_layer_test` was told of the inputs; None where nothing."""
    if "input_data" in inputs:
        return keras.tree.map_structure(_array, inputs["input_data"])
    shape, dtype = inputs.get("input_shape"), inputs.get("input_dtype")
    if shape is None:
        return None
    return _made(np.random.default_rng(0), shape, dtype)


def _attempts(configuration: Configuration) -> list[Any]:
    if configuration.finished:
        return [partial(_finished, configuration.make, width) for width in (4, 32)]
    example = example_of(configuration.inputs)
    if example is None:
        raise NotBuilt("the test gives it no inputs")
    if isinstance(example, tuple):  # a tuple of two would be taken for (x, y)
        example = list(example)
    return [
        lambda: _functional(configuration, example, free=True),
        lambda: _functional(configuration, example, free=False),
        lambda: _around(configuration, example),
    ]


def _functional(configuration: Configuration, example: Any, free: bool) -> Subject:
    layer = configuration.make()
    told = configuration.inputs
    forms = {form: True for form in ("sparse", "ragged") if told.get(f"input_{form}")}

    def entry(array: Any) -> Any:
        # The only axis of an array counts no samples.
        shape = (None, *array.shape[1:]) if free and array.ndim > 1 else array.shape
        dtype = "string" if array.dtype == object else array.dtype.name
        return keras.Input(batch_shape=shape, dtype=dtype, **forms)

    inputs = keras.tree.map_structure(entry, example)
    call = configuration.call_arguments
    outputs = layer(**inputs, **call) if isinstance(inputs, dict) else layer(inputs, **call)
    return Subject(keras.Model(inputs, outputs), layer, example)


def _around(configuration: Configuration, example: Any) -> Subject:
    layer = configuration.make()
    return Subject(Around(layer, configuration.call_arguments), layer, example)


def _finished(make: Any, width: int) -> Subject:
    """A model of Keras's own tests; one that does not say what it takes gets `width` numbers."""
    model = make()
    inputs = getattr(model, "inputs", None) or [np.zeros((2, width), "float32")]
    generator = np.random.default_rng(0)
    made = [
        generator.uniform(0, 1, [2 if n is None else n for n in tensor.shape]).astype("float32")
        for tensor in inputs
    ]
    return Subject(model, model, made[0] if len(made) == 1 else made)


def _array(value: Any) -> Any:
    array = keras.ops.convert_to_numpy(value) if keras.ops.is_tensor(value) else np.asarray(value)
    if array.dtype.kind in "OUS":
        return array.astype(object)
    return array.astype("float32") if array.dtype == "float64" else array


def _made(generator: np.random.Generator, shape: Any, dtype: Any) -> Any:
    if isinstance(shape, dict):
        named = {key.removesuffix("_shape"): key for key in shape}
        return {
            name: _made(generator, shape[key], (dtype or {}).get(key))
            for name, key in named.items()
        }
    if all(extent is None or isinstance(extent, int) for extent in shape):
        extents = [2 if extent is None else extent for extent in shape]
        if dtype == "string":
            return np.full(extents, "a word", dtype=object)
        return (3 * generator.uniform(0.0, 1.0, extents)).astype(dtype or "float32")
    dtypes = dtype if isinstance(dtype, (list, tuple)) else [dtype] * len(shape)
    return [_made(generator, one, kind) for one, kind in zip(shape, dtypes, strict=True)]
