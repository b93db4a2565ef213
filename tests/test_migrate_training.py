"""A migrated model trains on: its next step is the one that the old release made.

`recorded_trained.zip` has files that old releases wrote in the middle of a training, each with the
weights that they had one step later (tools/migrating/trained.py).
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saveguard
from saveguard.migration import optimizer, training
from saveguard.migration.plan import plan
from saveguard.migration.run import build

RECORDED = Path(__file__).parent / "recorded_trained.zip"
NOT_CARRIED = {
    "keras2.2/adagrad.h5": "Adagrad of Keras 2.2.4 is not proven to go on",
    "keras2.3/adam.h5": "Adam of Keras 2.3.1 is not proven to go on",
    "tf2.15/nadam.keras": "Nadam of Keras 2.15.0",
    "tf2.15/legacy_adam.keras": "does not write of legacy ones",
}


def files() -> list[str]:
    with zipfile.ZipFile(RECORDED) as archive:
        return [name for name in archive.namelist() if not name.endswith(".npz")]


def unpacked(name: str, folder: Path) -> tuple[Path, dict[str, Any]]:
    with zipfile.ZipFile(RECORDED) as archive:
        path = Path(archive.extract(name, folder))
        with np.load(archive.extract(f"{name}.npz", folder)) as held:
            return path, {key: held[key] for key in held.files}


def gap(model: Any, record: dict[str, Any]) -> float:
    """The largest difference of a trained weight after one step more."""
    model.train_on_batch(record["x"], record["y"])
    expected = [record[key] for key in sorted(record) if key.startswith("w_")]
    pairs = zip(model.weights, expected, strict=True)
    return max(float(np.abs(np.asarray(w) - e).max()) for w, e in pairs if w.trainable)


@pytest.mark.parametrize("name", [name for name in files() if name not in NOT_CARRIED])
def test_the_next_step_is_that_of_the_old_release(name: str, tmp_path: Path) -> None:
    path, record = unpacked(name, tmp_path)
    planned = plan(path)
    model = build(planned)
    assert not training.restore(model, planned, {})
    assert gap(model, record) < 1e-6


def test_it_is_the_state_that_makes_it_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, record = unpacked("tf2.10/adam.h5", tmp_path)
    monkeypatch.setattr(optimizer, "carry", lambda _model, _plan: "")
    assert gap(saveguard.load(path), record) > 1e-3


@pytest.mark.parametrize(("name", "why"), NOT_CARRIED.items())
def test_what_is_not_carried_is_found(name: str, why: str, tmp_path: Path) -> None:
    path, _ = unpacked(name, tmp_path)
    receipt = saveguard.migrate(path, tmp_path / "new.keras")
    (found,) = [one for one in receipt.findings if one.code == "SG444"]
    assert why in found.message
    assert why in str(receipt)
    assert receipt.migration is not None and why in receipt.migration.told[-1]


def test_the_state_is_in_the_new_file(tmp_path: Path) -> None:
    path, record = unpacked("tf1.15/adamax.h5", tmp_path)
    receipt = saveguard.migrate(path, tmp_path / "new.keras")
    assert "SG444" not in receipt.report.codes
    assert gap(saveguard.load(tmp_path / "new.keras"), record) < 1e-6


def test_moments_of_other_weights_are_not_taken(tmp_path: Path) -> None:
    path, _ = unpacked("tf2.10/adam.h5", tmp_path)
    planned = plan(path)
    model = build(planned)
    model.get_layer("first").trainable = False
    model.compile("adam", "mse")
    assert "stands where a weight of `within` is due" in optimizer.carry(model, planned)
    assert int(model.optimizer.iterations) == 0
