"""A `.keras` file is read straight into the model, which is the one that Keras's reader gives."""

from __future__ import annotations

import gc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest
from written import MODELS

import saveguard
from saveguard.archive.read import read
from saveguard.child import quick
from saveguard.persist import digests, reader

layers = keras.layers


def _values(variables: Any) -> list[Any]:
    held = [(v.path, v.trainable, keras.ops.convert_to_numpy(v)) for v in variables]
    return [(path, train, array.dtype.name, array.tobytes()) for path, train, array in held]


def _saved(model: Any, path: Path) -> Path:
    saveguard.save(model, path, prove=False)
    return path


@pytest.mark.backend
@pytest.mark.parametrize("name", MODELS)
def test_the_model_is_the_one_that_keras_gives(name: str, tmp_path: Path) -> None:
    if name == "text" and keras.backend.backend() == "torch":
        pytest.skip("needs TensorFlow")
    path = _saved(MODELS[name](), tmp_path / "m.keras")
    facts = read(path)
    assert reader.reads(facts)
    ours, theirs = reader.load(facts, None, True), keras.models.load_model(path)

    stored = [[v for v in m.variables if "seed" not in v.path] for m in (ours, theirs)]
    assert _values(stored[0]) == _values(stored[1])
    assert ours.get_config() == theirs.get_config()
    if theirs.compiled:
        assert _values(ours.optimizer.variables) == _values(theirs.optimizer.variables)


@pytest.mark.backend
def test_a_model_goes_on_training_after_it_was_loaded(tmp_path: Path) -> None:
    path = _saved(MODELS["trained"](), tmp_path / "m.keras")
    before = path.read_bytes()
    models = [saveguard.load(path), keras.models.load_model(path)]
    for model in models:
        model.fit(np.ones((4, 4)), np.ones((4, 3)), verbose=0)
    assert _values(models[0].variables) == _values(models[1].variables)
    assert path.read_bytes() == before


def _counted(method: str) -> Any:
    return mock.patch.object(
        keras.Sequential, method, autospec=True, side_effect=getattr(keras.Sequential, method)
    )


def test_a_sequential_is_built_once(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), *(layers.Dense(4) for _ in range(20))])
    path = _saved(model, tmp_path / "m.keras")
    with _counted("build") as built:
        saveguard.load(path)
    assert built.call_count == 1
    with _counted("build") as built:
        keras.models.load_model(path)
    assert built.call_count >= 20


def test_nested_sequentials_and_those_of_a_layer(tmp_path: Path) -> None:
    inner = keras.Sequential([layers.Dense(3), layers.Dense(4)], name="inner")
    model = keras.Sequential(
        [keras.Input((4,)), inner, layers.TimeDistributed(layers.Dense(1))][:2]
    )
    path = _saved(model, tmp_path / "m.keras")
    found = saveguard.load(path)
    assert _values(found.variables) == _values(keras.models.load_model(path).variables)
    assert found.built and found.layers[0].built


def test_no_initializer_is_run_for_what_is_read(tmp_path: Path) -> None:
    path = _saved(keras.Sequential([keras.Input((4,)), layers.Dense(3)]), tmp_path / "m.keras")
    kind = keras.initializers.GlorotUniform
    with mock.patch.object(kind, "__call__", autospec=True, side_effect=kind.__call__) as ran:
        saveguard.load(path)
        assert ran.call_count == 0
        keras.models.load_model(path)
        assert ran.call_count > 0


@keras.saving.register_keras_serializable(package="tests")
class Forgetful(layers.Layer):
    """Stores nothing of its variable."""

    def build(self, _shape: Any) -> None:
        self.scale = self.add_weight(name="scale", shape=(2,), initializer="ones")

    def save_own_variables(self, store: Any) -> None:
        pass

    def load_own_variables(self, store: Any) -> None:
        pass

    def call(self, inputs: Any) -> Any:
        return inputs * self.scale


def test_what_is_not_in_the_file_begins_as_its_initializer_says(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((2,)), Forgetful()]).save(tmp_path / "m.keras")
    model = saveguard.load(tmp_path / "m.keras", verify_digests="never")
    assert model.layers[0].scale.numpy().tolist() == [1, 1]


def test_the_classes_are_as_they_were(tmp_path: Path) -> None:
    path = _saved(MODELS["recurrent"](), tmp_path / "m.keras")
    variable = keras.Variable
    before = (variable.assign, variable._initialize_with_initializer, keras.Sequential.from_config)
    saveguard.load(path)
    with pytest.raises(RuntimeError, match="stop"), quick.quick_build():
        raise RuntimeError("stop")
    after = (variable.assign, variable._initialize_with_initializer, keras.Sequential.from_config)
    assert before == after


def test_garbage_is_collected_again_afterwards(tmp_path: Path) -> None:
    path = _saved(MODELS["large"](), tmp_path / "m.keras")
    with mock.patch.object(gc, "disable", wraps=gc.disable) as paused:
        saveguard.load(path)
    assert paused.called and gc.isenabled()
    gc.disable()
    try:
        saveguard.load(path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def _compressed(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)


def test_what_is_compressed_is_left_to_keras(tmp_path: Path) -> None:
    model = MODELS["large"]()
    model.save(tmp_path / "m.keras")
    _compressed(tmp_path / "m.keras")
    assert not reader.reads(read(tmp_path / "m.keras"))
    found = saveguard.load(tmp_path / "m.keras")
    assert [v[3] for v in _values(found.variables)] == [v[3] for v in _values(model.variables)]


def test_where_our_reader_stops_keras_goes_on(tmp_path: Path) -> None:
    path = _saved(MODELS["large"](), tmp_path / "m.keras")
    with mock.patch.object(reader, "load", side_effect=KeyError("a place of another Keras")):
        assert saveguard.load(path).count_params() > 0


def _damage(path: Path) -> None:
    """Change one bit in the middle of the largest array."""
    largest = max(read(path).arrays, key=lambda one: one.stored)
    with open(path, "r+b") as file:
        file.seek(largest.offset + largest.stored // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))


@pytest.mark.parametrize("when", ["now", "background", "never"])
def test_a_changed_bit_of_a_large_array(when: Any, tmp_path: Path) -> None:
    inputs = keras.Input((4000,))
    path = _saved(keras.Model(inputs, layers.Dense(4000)(inputs)), tmp_path / "m.keras")
    _damage(path)
    if when == "now":
        with pytest.raises(saveguard.SaveguardError) as caught:
            saveguard.load(path)
        assert set(caught.value.report.codes) == {"SG101"}
        return
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert saveguard.load(path, verify_digests=when).count_params() > 0
        _wait_for_threads()
    found = [
        one for one in told if "the model was loaded before this was found" in str(one.message)
    ]
    assert len(found) == (1 if when == "background" else 0)


def test_what_is_read_is_read_and_checked_once(tmp_path: Path) -> None:
    path = _saved(MODELS["large"](), tmp_path / "m.keras")
    facts = read(path, digests=False)
    assert digests.is_summed(facts)
    with mock.patch.object(digests, "require", wraps=digests.require) as required:
        saveguard.load(path)
    assert required.call_count == 1
    _damage(path)
    assert digests.is_summed(read(path, digests=False))
    with pytest.raises(ValueError, match="checksum"):
        reader.load(facts, None, True, checked=True)


@pytest.mark.parametrize("size", [1000, 20 << 20])
def test_large_members_beside_the_weights_have_a_thread_of_their_own(
    size: int, tmp_path: Path
) -> None:
    path = _saved(MODELS["large"](), tmp_path / "m.keras")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("assets/table.txt", bytes(size))
    assert digests.is_summed(read(path, digests=False)) == (size < 1 << 20)


def _wait_for_threads() -> None:
    import threading

    for thread in threading.enumerate():
        if thread.name.startswith("saveguard-digests"):
            thread.join()


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _another_configuration(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"units": 200', b'"units": 201', 1))


@pytest.mark.parametrize("change", [_cut, _another_configuration])
def test_what_is_wrong_is_told_before_anything_is_made(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    path = _saved(MODELS["large"](), tmp_path / "m.keras")
    change(path)
    with (
        mock.patch.object(reader, "load") as begun,
        pytest.raises(saveguard.SaveguardError, match="SG101"),
    ):
        saveguard.load(path)
    assert not begun.called
