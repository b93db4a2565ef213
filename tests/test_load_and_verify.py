"""`saveguard.load` and `saveguard.verify`, on our files, on plain Keras's, and on broken ones."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import models
import numpy as np
import pytest
from models import rows

import saveguard

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "m.keras"
    model, example = models.sequential()
    model.compile("adam", "mean_squared_error")
    assert saveguard.save(model, path, example=(example, rows(6, 2))).proven
    return path


def test_verify_holds_our_file_against_its_golden(saved: Path) -> None:
    report = saveguard.verify(saved)
    assert report.ok and not report.findings
    assert any("bit for bit" in what for what in report.read)
    assert any("output" in what for what in report.read)


def test_verify_of_a_plain_file(tmp_path: Path) -> None:
    model, _ = models.nested()
    model.save(tmp_path / "m.keras")
    report = saveguard.verify(tmp_path / "m.keras")
    assert report.ok
    assert "every variable has a stored value" in report.read
    assert "two calls agree" in report.read
    assert "outputs: the file holds no golden" in report.not_read


def test_verify_in_another_environment(saved: Path, tmp_path: Path) -> None:
    """The other environment has Keras and no Saveguard: isolated from this one's import path."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    report = saveguard.verify(saved, python=python)
    assert report.ok
    assert any("output" in what for what in report.read)


def test_verify_with_no_interpreter(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.verify(saved, python=tmp_path / "nowhere")
    assert caught.value.codes == ("SG705",)


def test_a_changed_weight_is_noticed_by_verify(saved: Path, tmp_path: Path) -> None:
    path = _edited(saved, tmp_path / "m.keras", _change_first_weight)
    report = saveguard.verify(path)
    assert {"SG405", "SG410"} <= set(report.codes)


def test_a_changed_member_is_noticed_before_it_is_loaded(saved: Path, tmp_path: Path) -> None:
    path = _edited(saved, tmp_path / "m.keras", _change_first_weight, receipt=False)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(path)
    assert caught.value.codes == ("SG103",)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_called_damaged(saved: Path, tmp_path: Path, kept: float) -> None:
    whole = saved.read_bytes()
    path = tmp_path / "m.keras"
    path.write_bytes(whole[: int(len(whole) * kept)])
    for verb in (saveguard.load, saveguard.verify):
        with pytest.raises(saveguard.SaveguardError) as caught:
            verb(path)
        assert caught.value.codes == ("SG101",)


@pytest.mark.parametrize("bit", range(40, 4000, 330))
def test_a_flipped_bit_is_noticed(saved: Path, tmp_path: Path, bit: int) -> None:
    whole = bytearray(saved.read_bytes())
    start = whole.index(b"\x89HDF")
    whole[start + bit] ^= 0x10
    path = tmp_path / "m.keras"
    path.write_bytes(whole)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(path)
    assert caught.value.codes == ("SG101",)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "SG102"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "SG102"),
        (b"<!DOCTYPE html><html>sign in</html>", "SG102"),
        (b"just some text", "SG102"),
    ],
)
def test_what_is_no_archive(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "m.keras").write_bytes(content)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(tmp_path / "m.keras")
    assert caught.value.codes == (code,)


def test_a_missing_file_names_what_is_near(tmp_path: Path) -> None:
    (tmp_path / "model_best.keras").write_bytes(b"")
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(tmp_path / "model_bset.keras")
    assert caught.value.codes == ("SG104",)
    assert "model_best.keras" in str(caught.value)


def test_load_explains_what_keras_raises(tmp_path: Path) -> None:
    class Unknown(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs

    keras.Sequential([keras.Input((2,)), Unknown()]).save(tmp_path / "m.keras")
    with pytest.raises(TypeError, match="Could not locate class") as caught:
        saveguard.load(tmp_path / "m.keras")
    assert "SG201" in "".join(caught.value.__notes__)
    loaded = saveguard.load(tmp_path / "m.keras", custom_objects={"Unknown": Unknown})
    assert len(loaded.layers) == 1


def test_load_compares_with_the_golden(saved: Path, tmp_path: Path) -> None:
    saveguard.load(saved, compare=True)
    path = _edited(saved, tmp_path / "m.keras", _change_first_weight)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(path, compare=True)
    assert caught.value.codes == ("SG410",)


def test_a_plain_file_cannot_be_compared(tmp_path: Path) -> None:
    models.sequential()[0].save(tmp_path / "m.keras")
    with pytest.raises(saveguard.SaveguardError, match="holds no golden"):
        saveguard.load(tmp_path / "m.keras", compare=True)


def test_rescue_and_restore(tmp_path: Path) -> None:
    model, example = models.sequential()
    targets = rows(6, 2)
    model.compile("adam", "mean_squared_error")
    model.fit(example, targets, verbose=0)
    path = saveguard.rescue(model, tmp_path / "kept.h5")
    rebuilt, _ = models.sequential()
    rebuilt.compile("adam", "mean_squared_error")
    report = saveguard.restore(rebuilt, path)
    assert not report.not_read
    for a, b in zip(model.get_weights(), rebuilt.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(model.optimizer.variables, rebuilt.optimizer.variables, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b))
    np.testing.assert_allclose(
        model.evaluate(example, targets, verbose=0), rebuilt.evaluate(example, targets, verbose=0)
    )
    with h5py.File(path) as file:
        assert "Dense" in file["configuration"][()].decode()


def test_restore_refuses_another_model(tmp_path: Path) -> None:
    path = saveguard.rescue(models.sequential()[0], tmp_path / "kept.h5")
    other, _ = models.nested()
    before = other.get_weights()
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.restore(other, path)
    assert caught.value.codes == ("SG405",)
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_restore_refuses_what_is_no_rescue(tmp_path: Path) -> None:
    (tmp_path / "kept.h5").write_text("nothing")
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.restore(models.sequential()[0], tmp_path / "kept.h5")
    assert caught.value.codes == ("SG102",)


def _change_first_weight(file: h5py.File) -> None:
    changed = []

    def visit(name: str, item: Any) -> None:
        if name.startswith("saveguard") or not isinstance(item, h5py.Dataset) or changed:
            return
        if item.dtype.kind == "f" and item.ndim == 2:
            item[0, 0] = item[0, 0] + 5
            changed.append(name)

    file.visititems(visit)
    assert changed


def _edited(saved: Path, path: Path, change: Any, *, receipt: bool = True) -> Path:
    """A copy of an archive with changed weights, whole as a zip; `receipt`: digests changed too."""
    weights = path.with_suffix(".h5")
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights.write_bytes(members["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        change(file)
    members["model.weights.h5"] = weights.read_bytes()
    if receipt:
        metadata = json.loads(members["metadata.json"])
        metadata["saveguard"]["digests"] = {}
        members["metadata.json"] = json.dumps(metadata).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    weights.unlink()
    return path


def test_a_copy_elsewhere_verifies(saved: Path, tmp_path: Path) -> None:
    shutil.copy(saved, tmp_path / "copy.keras")
    assert saveguard.verify(tmp_path / "copy.keras").ok


def test_a_changed_weight_in_an_h5_file_is_noticed_before_it_is_loaded(tmp_path: Path) -> None:
    model, example = models.sequential()
    saveguard.save(model, tmp_path / "m.h5", example=example, prove=False)
    saveguard.load(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        _change_first_weight(file)
    for verb in (saveguard.load, lambda path: _raised(saveguard.verify(path))):
        with pytest.raises(saveguard.SaveguardError) as caught:
            verb(tmp_path / "m.h5")
        assert caught.value.codes[0] == "SG103"


def _raised(report: saveguard.Report) -> None:
    raise saveguard.SaveguardError(report)


@pytest.mark.parametrize("stored", ["[1]", '{"digests": [1]}', '{"digests": {"config.json": 3}}'])
def test_a_receipt_of_another_shape_is_no_crash(stored: str, tmp_path: Path) -> None:
    models.sequential()[0].save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["metadata.json"] = ('{"saveguard": ' + stored + "}").encode()
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    report = _verified(tmp_path / "m.keras")
    assert report.codes in ((), ("SG103",))


def _verified(path: Path) -> saveguard.Report:
    try:
        return saveguard.verify(path)
    except saveguard.SaveguardError as error:
        return error.report


def test_an_unpacked_archive_is_loaded_and_proven(tmp_path: Path) -> None:
    model, batch = models.sequential()
    saveguard.save(model, tmp_path / "m.keras", example=batch)
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        archive.extractall(folder)
    assert saveguard.load(folder, compare=True).count_params() == model.count_params()
    report = saveguard.verify(folder)
    assert report.ok and not report.findings and "1 output, 6 rows" in report.read
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(config.replace('"units": 2', '"units":  2'))
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(folder)
    assert caught.value.codes == ("SG103",)
