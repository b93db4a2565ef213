"""The proof's process reads weights where they lie in the zip, and gets the same model."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import saveguard
from saveguard.child import locate
from saveguard.child.in_place import read_in_place


def test_weights_are_not_taken_out_of_the_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.keras"
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(2)])
    model.save(path)
    taken: list[str] = []
    original = zipfile.ZipFile.open

    def noted(self, name, *args, **kwargs):
        taken.append(getattr(name, "filename", name))
        return original(self, name, *args, **kwargs)

    monkeypatch.setattr(zipfile.ZipFile, "open", noted)
    with read_in_place():
        again = keras.models.load_model(path)
    assert "config.json" in taken
    assert "model.weights.h5" not in taken
    for before, after in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    keras.models.load_model(path)
    assert "model.weights.h5" in taken  # as Keras does by itself


@keras.saving.register_keras_serializable(package="in_place")
class Refusing(keras.layers.Dense):
    """Takes nothing of what it stored."""

    def load_own_variables(self, store: Any) -> None:
        raise ValueError("these are not mine")


@pytest.mark.parametrize("folder", [False, True])
def test_the_object_that_refuses_its_arrays_is_looked_for_in_place(
    folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.keras"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), Refusing(2)]).save(path)
    if folder:
        path = tmp_path / "unpacked"
        with zipfile.ZipFile(tmp_path / "m.keras") as archive:
            archive.extractall(path)

    def whole(self: Any, name: Any, pwd: Any = None) -> bytes:
        assert name != "model.weights.h5"
        return original(self, name, pwd)

    original = zipfile.ZipFile.read
    monkeypatch.setattr(zipfile.ZipFile, "read", whole)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), Refusing(2)])
    monkeypatch.setattr(locate, "_unfilled", lambda _request: model)
    found = locate._arrays({"path": str(path), "layout": "keras"})
    assert found["kind"] == "arrays" and found["error"] == "ValueError: these are not mine"
    assert found["holder"] == "model.layers[1]"


def test_weights_that_are_missing_are_an_error_still(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    model.save(path)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "b.keras", "w") as cut:
        for name in whole.namelist():
            content = whole.read(name)
            cut.writestr(name, content[:100] if name == "model.weights.h5" else content)
    with read_in_place(), pytest.raises(OSError, match="open"):
        keras.models.load_model(tmp_path / "b.keras")


def test_a_model_that_was_not_compiled_is_not_migrated_to_a_compiled_one(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)]).save(tmp_path / "old.keras")
    receipt = saveguard.migrate(tmp_path / "old.keras", tmp_path / "new.keras")
    assert receipt.proof.verdict == "proven"
    assert not saveguard.load(tmp_path / "new.keras").compiled
