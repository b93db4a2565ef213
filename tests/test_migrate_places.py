"""The places of weights in a `.keras` file, as every system wrote them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from saveguard import migration
from saveguard.errors import SaveguardError

KERNEL = np.arange(8, dtype="float32").reshape(4, 2)
BIAS = np.array([1, -1], dtype="float32")


def file_of(path: Path, place: str, separator: str, version: str = "2.15.0") -> Path:
    """A Dense layer in a Sequential, as Keras 2.15 wrote it, with its weights at a place."""
    layers = [
        kept("InputLayer", name="x", batch_input_shape=[None, 4], dtype="float32", sparse=False),
        kept("Dense", name="d", units=2, activation="linear"),
    ]
    model = kept("Sequential", name="m", layers=layers)
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        group = file.create_group(place.replace("/", separator)).create_group("vars")
        group["0"], group["1"] = KERNEL, BIAS
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("model.weights.h5", held.getvalue())
    return path


def kept(class_name: str, **config: Any) -> dict[str, Any]:
    module = "keras.layers" if class_name != "Sequential" else "keras"
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


@pytest.mark.parametrize("separator", ["/", "\\"], ids=["posix", "windows"])
@pytest.mark.parametrize("folder", ["layers", "_layer_checkpoint_dependencies"])
def test_weights_are_found_wherever_they_were_written(
    tmp_path: Path, separator: str, folder: str
) -> None:
    old = file_of(tmp_path / "m.keras", f"{folder}/dense", separator)
    inputs = np.ones((3, 4), dtype="float32")
    found = np.asarray(migration.build(old)(inputs))
    np.testing.assert_allclose(found, inputs @ KERNEL + BIAS, atol=1e-6)


def test_the_check_knows_that_plain_keras_does_not_find_them(tmp_path: Path) -> None:
    import keras

    import saveguard
    from saveguard.examine.loadable import loadable

    for separator in "/\\":
        path = file_of(tmp_path / f"{ord(separator)}.keras", "layers/dense", separator)
        try:
            keras.saving.load_model(path, compile=False)
            loads = True
        except ValueError:
            loads = False
        assert loads == (separator == "/")
        assert loadable(saveguard.check(path)).loads == loads


OTHERS = {
    "pickle": b"\x80\x04\x95\x10\x00",
    "gzip": b"\x1f\x8b\x08\x00",
    "tflite": b"\x1c\x00\x00\x00TFL3",
    "npy": b"\x93NUMPY\x01\x00",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_other_tools_wrote_is_called_by_its_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(OTHERS[kind] + bytes(64))
    with pytest.raises(SaveguardError) as caught:
        migration.plan(path)
    assert caught.value.codes == ("SG102",)


def test_an_archive_of_torch_is_no_damaged_one(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
    with pytest.raises(SaveguardError, match="PyTorch"):
        migration.plan(tmp_path / "m.keras")


def test_a_part_that_git_lfs_did_not_fetch_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
    (folder / "saved_model.pb").write_bytes(pointer)
    with pytest.raises(SaveguardError, match=r"saved_model\.pb is a Git LFS pointer") as caught:
        migration.plan(folder)
    assert caught.value.codes == ("SG102",)


def test_arrays_that_no_model_has_are_told_apart_from_weights(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["images"] = BIAS
    with pytest.raises(SaveguardError, match="nothing that Keras wrote") as caught:
        migration.plan(tmp_path / "data.h5")
    assert caught.value.codes == ("SG240",)
