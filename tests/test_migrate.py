"""`saveguard.migrate` and its command: what is written, what is told, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import saveguard
from saveguard.cli.main import main
from saveguard.migration import origin
from saveguard.receipt import Receipt

FOLDER = Path(__file__).parents[2] / "shared" / "legacy-models"
MANIFEST = FOLDER / "manifest.json"
FILES = json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else []
real = pytest.mark.skipif(not FILES, reason="the old files are not here")
INPUTS = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


def old_model(path: Path, *, compiled: bool = False) -> Any:
    """A model in the layout of Keras 2."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(2)])
    if compiled:
        model.compile("adam", "mse", metrics=["mae"])
    model.save(path)
    return model


def golden(path: Path, model: Any) -> Path:
    np.savez(path, in_00=INPUTS, out_00=np.asarray(model(INPUTS)))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["migrate", *map(str, arguments)])


def test_a_migrated_file_says_that_it_is_equal_and_to_whom(tmp_path: Path) -> None:
    old, new = tmp_path / "old.h5", tmp_path / "new.keras"
    known = golden(tmp_path / "golden.npz", old_model(old))
    before = origin.digest(str(old))
    receipt = saveguard.migrate(old, new, golden=known)
    assert receipt.ok and receipt.migration is not None
    assert (receipt.migration.verdict, receipt.migration.by) == ("equal", "golden.npz")
    assert receipt.migration.digest == before == origin.digest(str(old))
    assert str(receipt).startswith(f"{new}: migrated and proven equal")
    from saveguard.archive.read import read

    stored = Receipt.from_json(read(new).receipt)
    assert stored.migration == receipt.migration


def test_the_new_file_is_held_against_the_old_version_ever_after(tmp_path: Path) -> None:
    old, new = tmp_path / "old.h5", tmp_path / "new.keras"
    known = golden(tmp_path / "golden.npz", old_model(old))
    saveguard.migrate(old, new, golden=known)
    report = saveguard.verify(new)
    assert report.ok and any("output" in told for told in report.read)


def test_without_anybody_who_knows_nothing_is_called_equal(tmp_path: Path) -> None:
    old, new = tmp_path / "old.h5", tmp_path / "new.keras"
    old_model(old)
    receipt = saveguard.migrate(old, new)
    assert new.exists() and not receipt.ok
    assert receipt.migration is not None and not receipt.migration.equal
    assert "migrated, not proven equal" in str(receipt)
    assert "--with-uv 'keras==3." in receipt.report.not_read[0]


def test_a_model_that_answers_otherwise_does_not_get_the_name(tmp_path: Path) -> None:
    old, new = tmp_path / "old.h5", tmp_path / "new.keras"
    model = old_model(old)
    np.savez(tmp_path / "golden.npz", in_00=INPUTS, out_00=1.01 * np.asarray(model(INPUTS)))
    with pytest.raises(saveguard.SaveguardError) as raised:
        saveguard.migrate(old, new, golden=tmp_path / "golden.npz")
    assert raised.value.codes == ("SG440",)
    assert not new.exists() and (tmp_path / "new.unproven.keras").exists()


def test_how_it_was_compiled_comes_along(tmp_path: Path) -> None:
    old, new = tmp_path / "old.h5", tmp_path / "new.keras"
    old_model(old, compiled=True)
    saveguard.migrate(old, new)
    model = saveguard.load(new)
    assert type(model.optimizer).__name__ == "Adam" and model.loss == "mse"


def test_weights_alone_become_those_of_the_model_that_is_given(tmp_path: Path) -> None:
    import h5py
    import keras

    model = old_model(tmp_path / "old.h5")
    weights = tmp_path / "weights.h5"
    with h5py.File(tmp_path / "old.h5") as whole, h5py.File(weights, "w") as alone:
        for name, value in whole["model_weights"].attrs.items():
            alone.attrs[name] = value
        for name in whole["model_weights"]:
            whole.copy(f"model_weights/{name}", alone)
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(2)])
    known = golden(tmp_path / "golden.npz", model)
    new = tmp_path / "new.weights.h5"
    receipt = saveguard.migrate(weights, new, model=other, golden=known)
    assert receipt.ok and new.exists()
    narrow = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(saveguard.SaveguardError, match="1 layers of the model have weights"):
        saveguard.migrate(weights, tmp_path / "n.weights.h5", model=narrow)


def test_dry_run_and_diff_write_nothing_and_load_no_framework(tmp_path: Path) -> None:
    old = tmp_path / "old.h5"
    old_model(old)
    told = run(old, "--dry-run")
    assert told.exit_code == 0 and f"{old}: saved by Keras 3." in told.output
    assert run(old, "--diff").exit_code == 0
    assert list(tmp_path.iterdir()) == [old]


def test_the_command_says_by_its_exit_code_what_is_proven(tmp_path: Path) -> None:
    old, new = tmp_path / "old.h5", tmp_path / "new.keras"
    model = old_model(old)
    assert run(old, new).exit_code == 0
    assert run(old, new).exit_code == 2  # it exists
    assert run(old, new, "--overwrite", "--strict").exit_code == 3
    known = golden(tmp_path / "golden.npz", model)
    assert run(old, new, "--overwrite", "--strict", "--golden", known).exit_code == 0
    np.savez(known, in_00=INPUTS, out_00=np.asarray(model(INPUTS)) + 1)
    assert run(old, new, "--overwrite", "--golden", known).exit_code == 1
    assert run(tmp_path / "missing.h5", tmp_path / "m.keras").exit_code == 2


def test_one_bad_file_of_a_folder_stops_nothing(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "deep").mkdir(parents=True)
    old_model(old / "deep" / "good.h5")
    (old / "bad.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 64)
    told = run(old, new, "--format", "json")
    assert told.exit_code == 1
    found = {Path(one["old"]).name: one["verdict"] for one in json.loads(told.stdout)["files"]}
    assert found == {"good.h5": "not proven", "bad.h5": "not migrated"}
    assert (new / "deep" / "good.keras").exists()
    table = run(old, new, "--overwrite").stdout.splitlines()
    assert table[0].startswith("not migrated") and table[-1].startswith("2 files: ")


@real
@pytest.mark.parametrize("entry", FILES, ids=lambda entry: str(entry["id"]))
def test_a_real_old_file_answers_as_its_version_did(entry: dict[str, Any]) -> None:
    from saveguard.migration import plan
    from saveguard.migration.proof import compare
    from saveguard.migration.proof import golden as goldens
    from saveguard.migration.run import build
    from saveguard.model import contract

    planned = plan(FOLDER / entry["file"])
    # Keras has itself what TensorFlow Addons had.
    gone = [name for name in entry["custom"] if name != "InstanceNormalization"]
    assert [need.name for need in planned.needs] == gone
    if entry["golden"]:
        model = build(planned)
        known = goldens.read(FOLDER / entry["golden"])
        found = compare.compared(model, known, contract.read(model))
        assert found.verdict != "differs" and (found.difference or 0) <= 1e-4


@real
def test_an_old_file_loads_by_the_same_steps() -> None:
    model = saveguard.load(FOLDER / "m000")
    held = np.load(FOLDER / "m000.golden.npz")
    assert np.allclose(np.asarray(model(held["in_00"])), held["out_00"], atol=1e-4)


@real
def test_the_variables_of_a_saved_model_become_those_of_the_model_that_is_given(
    tmp_path: Path,
) -> None:
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )
    known = FOLDER / "m002.golden.npz"
    new = tmp_path / "new.weights.h5"
    assert saveguard.migrate(FOLDER / "m002", new, model=model, golden=known).ok
