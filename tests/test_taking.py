"""What is read from a file becomes a variable's memory, unless anybody else can write to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest
from keras import layers

import saveguard
from saveguard.child import taking

ROWS, COLUMNS = 64, 512
pytestmark = pytest.mark.backend


def _array(dtype: str = "float32") -> Any:
    """Fresh numbers, which begin where a framework can use them in place."""
    kind = taking.number(dtype)
    size = ROWS * COLUMNS * kind.itemsize
    room = np.empty(size + taking.ALIGNMENT, np.uint8)
    first = -room.ctypes.data % taking.ALIGNMENT
    values = room[first : first + size].view(kind).reshape(ROWS, COLUMNS)
    values[:] = 3
    return values


class _Variable:
    shape, dtype = (ROWS, COLUMNS), "float32"

    def assign(self, *values: Any) -> bool:
        """Whether the array is taken over."""
        return not isinstance(taking.given(self, values)[0], np.ndarray)


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="torch converts in place by itself")
def test_the_memory_is_used_as_it_is() -> None:
    array = _array()
    tensor = taking.taken(array)
    array[0, 0] = 8
    assert float(tensor[0, 0]) == 8


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int8", "uint32", "float32"])
def test_every_kind_keeps_its_values(dtype: str) -> None:
    tensor = taking.taken(_array(dtype))
    assert keras.backend.standardize_dtype(tensor.dtype) == dtype
    assert np.asarray(keras.ops.convert_to_numpy(tensor)).astype("float64").max() == 3


def test_an_array_that_nobody_else_holds_is_taken_over() -> None:
    taken = _Variable().assign(_array())  # within `assert`, pytest would hold the array
    assert taken


def test_an_array_that_somebody_holds_is_not() -> None:
    held = _array()
    assert not _Variable().assign(held)
    assert not _Variable().assign({"0": held}["0"])


def test_an_array_of_whose_memory_somebody_has_a_view_is_not() -> None:
    views = []

    def given() -> Any:
        array = _array()
        views.append(array[:1])
        return array

    assert not _Variable().assign(given())


def test_what_the_variable_would_convert_is_not() -> None:
    taken = [
        _Variable().assign(_array("float16")),
        _Variable().assign(_array()[:, ::2]),
        _Variable().assign(_array().reshape(-1)),
        _Variable().assign(np.frombuffer(bytes(ROWS * COLUMNS * 4), np.float32)),
    ]
    assert not any(taken)


@keras.saving.register_keras_serializable(package="tests")
class Twice(layers.Layer):
    """Reads one array into two variables, and keeps it."""

    def build(self, _shape: Any) -> None:
        self.one = self.add_weight(name="one", shape=(ROWS, COLUMNS))
        self.two = self.add_weight(name="two", shape=(ROWS, COLUMNS))

    def save_own_variables(self, store: Any) -> None:
        store["0"] = self.one

    def load_own_variables(self, store: Any) -> None:
        self.read = np.asarray(store["0"])
        self.one.assign(self.read)
        self.two.assign(self.read)

    def call(self, inputs: Any) -> Any:
        return inputs @ self.one


def test_variables_do_not_share_what_a_layer_reads_once(tmp_path: Path) -> None:
    made = keras.Sequential([keras.Input((ROWS,)), Twice()])
    made.save(tmp_path / "m.keras")
    layer = saveguard.load(tmp_path / "m.keras").layers[0]
    expected = np.array(layer.two)
    layer.one.assign_add(np.ones((ROWS, COLUMNS)))
    layer.read[:] = 7
    assert np.array_equal(layer.two, expected)
    assert np.allclose(layer.one, expected + 1)


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="torch converts in place by itself")
def test_a_load_takes_every_large_array_over_and_trains_on(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((256,)), layers.Dense(256), layers.Dense(256)])
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(64, 256)).astype("float32")
    model.fit(x, x, epochs=1, verbose=0)
    model.save(tmp_path / "m.keras")
    with mock.patch.object(taking, "_fits", side_effect=taking._fits) as asked:
        loaded = saveguard.load(tmp_path / "m.keras")
    large = [call.args[1] for call in asked.call_args_list if call.args[1].ndim == 2]
    assert len(large) == 6, "two kernels, and two moments of each"
    plain = keras.models.load_model(tmp_path / "m.keras")
    for one in (loaded, plain):
        one.fit(x, x, epochs=2, shuffle=False, verbose=0)
    for ours, theirs in zip(loaded.variables, plain.variables, strict=True):
        assert np.array_equal(ours, theirs), ours.path
