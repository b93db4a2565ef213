"""`.h5` and `.weights.h5` files: the content is that of Keras's own, whoever writes it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools" / "sweep"))
import contents
from written import MODELS

import saveguard
from saveguard.archive.read import hdf5_digests
from saveguard.persist.hdf5 import HDF5File
from saveguard.persist.writer.file import File
from saveguard.persist.writer.groups import NotWritable
from saveguard.persist.writer.recorded import measure

layers = keras.layers


class ReadsBack(layers.Layer):
    """Stores a value, and reads it again from the store."""

    def save_own_variables(self, store: Any) -> None:
        store["one"] = np.ones(2)
        store["twice"] = 2 * np.asarray(store["one"])

    def call(self, inputs: Any) -> Any:
        return inputs


def _file(path: Path) -> tuple[int, File]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    return descriptor, File(descriptor, 0, measure)


def assert_written_like(plain: Path, model: Any, ours: Path) -> None:
    """Our writer's file of `model` holds what Keras's file `plain` holds, and its digests."""
    file = HDF5File(ours, lambda _file: None)
    file.write(model)
    assert file.writer == "saveguard"
    assert list(contents.unlike_weights(ours, plain)) == []
    with h5py.File(ours) as read:
        assert hdf5_digests(read) == file.written.digests


@pytest.mark.backend
@pytest.mark.parametrize("name", MODELS)
def test_weights_alone_are_those_of_kerass_own_file(name: str, tmp_path: Path) -> None:
    if name == "text" and keras.backend.backend() == "torch":
        pytest.skip("needs TensorFlow")
    model, ours, plain = MODELS[name](), tmp_path / "o.weights.h5", tmp_path / "p.weights.h5"
    model.save_weights(plain)
    assert_written_like(plain, model, ours)
    model.load_weights(ours)


@pytest.mark.backend
@pytest.mark.parametrize("name", MODELS)
def test_a_whole_model_is_that_of_kerass_own_file(name: str, tmp_path: Path) -> None:
    if name == "text" and keras.backend.backend() == "torch":
        pytest.skip("needs TensorFlow")
    model, ours, plain = MODELS[name](), tmp_path / "o.h5", tmp_path / "p.h5"
    if name == "trained":  # with its loss and metric in full, for which Keras's reader looks
        model.compile("adam", "mean_squared_error", metrics=["mean_absolute_error"])
        model.fit(np.ones((4, 4)), np.ones((4, 3)), verbose=0)
    model.save(plain)
    assert_written_like(plain, model, ours)


def test_what_only_h5py_writes_of_weights_alone_is_written_by_keras(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), ReadsBack()])
    receipt = saveguard.save(model, tmp_path / "ours.weights.h5", prove=False)
    model.save_weights(tmp_path / "plain.weights.h5")
    assert receipt.writer == "keras"
    found = contents.unlike_weights(tmp_path / "ours.weights.h5", tmp_path / "plain.weights.h5")
    assert list(found) == []


class SavesItself(keras.Sequential):
    """A model with a `save` and a `save_weights` of its own."""

    def save(self, filepath: Any, *args: Any, **options: Any) -> None:
        Path(f"{filepath}.own").touch()
        super().save(filepath, *args, **options)

    def save_weights(self, filepath: Any, *args: Any, **options: Any) -> None:
        Path(f"{filepath}.own").touch()
        super().save_weights(filepath, *args, **options)


@pytest.mark.parametrize("ending", [".h5", ".weights.h5"])
def test_a_model_that_saves_itself_does(ending: str, tmp_path: Path) -> None:
    file = HDF5File(tmp_path / f"m{ending}", lambda _file: None)
    file.write(SavesItself([keras.Input((2,)), layers.Dense(2)]))
    assert file.writer == "keras" and (tmp_path / f"m{ending}.own").exists()


@pytest.mark.backend
@pytest.mark.parametrize("kind", [keras.Sequential, SavesItself])
def test_a_model_is_compiled_as_before(kind: Any, tmp_path: Path) -> None:
    model = kind([keras.Input((2,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    before = model.get_compile_config()
    saveguard.save(model, tmp_path / "m.h5", prove=False)
    assert model.get_compile_config() == before and "optimizer" in before


def test_two_weights_of_a_name_have_kerass_own_error(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2), layers.Dense(2)])
    layer = model.layers[0]
    layer.bias._path = layer.kernel._path
    with pytest.raises(ValueError, match="name already exists") as plain:
        model.save(tmp_path / "plain.h5")
    with pytest.raises(ValueError, match="name already exists") as ours:
        saveguard.save(model, tmp_path / "ours.h5", prove=False)
    assert str(ours.value) == str(plain.value)


def test_h5py_reads_every_kind_of_attribute(tmp_path: Path) -> None:
    descriptor, file = _file(tmp_path / "x.h5")
    values: dict[str, Any] = {"text": "ä", "bytes": "ä".encode(), "number": 3, "list": [1.5, 2.0]}
    values |= {"names": [b"a", "ä".encode()], "texts": ["b", ""], "none": []}
    values |= {"array": np.array([b"one", b"three"]), "long": [b"n"] * 4000, "large": "x" * 90_000}
    file.attrs.update(values)
    file.create_group("a").attrs.update(values)
    file.seal()
    digests = file.digests()
    file.close()
    os.close(descriptor)
    with h5py.File(tmp_path / "p.h5", "w") as plain:
        plain.attrs.update(values)
        plain.create_group("a").attrs.update(values)
    assert list(contents.unlike_weights(tmp_path / "x.h5", tmp_path / "p.h5")) == []
    with h5py.File(tmp_path / "x.h5") as ours, h5py.File(tmp_path / "p.h5") as plain:
        assert hdf5_digests(ours) == digests
        for name in values:
            kinds = [file.attrs.get_id(name).get_type().encode() for file in (ours, plain)]
            assert kinds[0] == kinds[1]


def test_room_for_an_array_is_filled_once_and_whole(tmp_path: Path) -> None:
    descriptor, file = _file(tmp_path / "x.h5")
    first = file.create_dataset(b"a/first", (2, 3), dtype="float32")
    first[:] = np.ones((2, 3))
    file.create_dataset("scalar", (), dtype="int64")[()] = 7
    for refused in (slice(0, 1), slice(None), ()):
        with pytest.raises(NotWritable):
            first[refused] = np.ones((2, 3))
    with pytest.raises(NotWritable):
        file.create_dataset("other", (3,), dtype="float32")[:] = np.ones(2)
    with pytest.raises(NotWritable):
        file.seal()
    del file["other"]
    file.seal()
    file.close()
    os.close(descriptor)
    with h5py.File(tmp_path / "x.h5") as read:
        assert read["a/first"][()].tolist() == [[1, 1, 1]] * 2 and read["scalar"][()] == 7
        assert read["a/first"].dtype == "float32"
