"""Weights over several files: Keras's content, read by Keras, valid all at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import fsspec
import h5py
import keras
import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from models import rows, shaken

import saveguard
from saveguard.persist.staging import Staging
from saveguard.receipt import Receipt

pytestmark = pytest.mark.backend
KB = 1 / 1024**2


def model(seed: int = 0, fitted: bool = True) -> Any:
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(64) for _ in range(4)]
    made = keras.Sequential([keras.Input((64,)), *layers, keras.layers.BatchNormalization()])
    made.compile("adam", "mse")
    if fitted:
        made.fit(rows(8, 64), rows(8, 64), verbose=0)
    return made


def values(one: Any) -> list[Any]:
    held = [*one.variables, *one.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable) for variable in held]


def same(one: Any, other: Any) -> bool:
    return all(map(np.array_equal, values(one), values(other)))


def contents(index: Path) -> dict[str, Any]:
    """Every array of a set by its path, and every attribute of a group."""
    found: dict[str, Any] = {}

    def visit(name: str, item: Any) -> None:
        if name.startswith("saveguard"):
            return
        if isinstance(item, h5py.Dataset):
            assert name not in found
            found[name] = (item.dtype.str, item.shape, item[()].tobytes())
        for key, value in item.attrs.items():
            found[f"{name}@{key}"] = value

    for name in {n for names in weight_map(index).values() for n in names}:
        with h5py.File(index.with_name(name)) as file:
            file.visititems(visit)
    return found


def weight_map(index: Path) -> dict[str, list[str]]:
    return dict(json.loads(index.read_text())["weight_map"])


@pytest.mark.parametrize("size", [20 * KB, 40 * KB, None])
def test_the_content_is_that_of_keras_s_own_shards(size: float | None, tmp_path: Path) -> None:
    saved = model()
    ours, theirs = tmp_path / "ours.weights.json", tmp_path / "theirs.weights.json"
    saveguard.save(saved, ours, prove=False, max_shard_size=size)
    saved.save_weights(theirs, max_shard_size=size or 5)
    assert contents(ours) == contents(theirs)
    assert weight_map(ours).keys() == weight_map(theirs).keys()
    held = [len(names) for names in weight_map(ours).values()]
    assert held == [len(names) for names in weight_map(theirs).values()]
    total = json.loads(theirs.read_text())["metadata"]["total_size"]
    assert json.loads(ours.read_text())["metadata"]["total_size"] == total


def test_plain_keras_and_saveguard_load_it(tmp_path: Path) -> None:
    saved, index = model(), tmp_path / "m.weights.json"
    receipt = saveguard.save(saved, index, rows(4, 64), max_shard_size=20 * KB)
    assert receipt.proven and receipt.layout == "shards" and receipt.writer == "saveguard"
    assert len(receipt.digests) > 3
    assert Receipt.from_json(json.dumps(json.loads(index.read_text())["saveguard"])).proven
    by_keras, by_ours = model(1), model(2)
    by_keras.load_weights(index)
    saveguard.load_weights(by_ours, index)
    assert same(by_keras, saved) and same(by_ours, saved)
    report = saveguard.check(index)
    assert report.ok and not report.not_read and report.files[0].layout == "shards"
    assert saveguard.inspect(index).receipt["verdict"] == "proven"


def test_keras_s_own_files_are_loaded_too(tmp_path: Path) -> None:
    saved = model()
    saved.save_weights(tmp_path / "m.weights.json", max_shard_size=20 * KB)
    saved.save_weights(tmp_path / "m.weights.h5")
    saved.save(tmp_path / "m.keras")
    for name in ("m.weights.json", "m.weights.h5", "m.keras"):
        loaded = model(3)
        saveguard.load_weights(loaded, tmp_path / name)
        assert same(loaded, saved)


def test_a_set_replaces_another_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    first, second, index = model(), model(1), tmp_path / "m.weights.json"
    first.save_weights(index, max_shard_size=20 * KB)
    other = tmp_path / "m_2_00001.weights.h5"
    other.write_bytes(b"somebody else's")
    for saved in (second, first, second):
        saveguard.save(saved, index, prove=False, max_shard_size=40 * KB)
        named = {name for names in weight_map(index).values() for name in names}
        assert set(os.listdir(tmp_path)) == named | {
            index.name,
            "m_00000.weights.h5",
            other.name,
        }
        loaded = model(2)
        loaded.load_weights(index)
        assert same(loaded, saved)


def test_a_set_that_was_kept_stays_whole_after_the_next_save(tmp_path: Path) -> None:
    index, kept = tmp_path / "m.weights.json", tmp_path / "m.weights.json.prev"
    models = [model(seed) for seed in range(3)]
    saveguard.save(models[0], index, prove=False, max_shard_size=20 * KB)
    saveguard.save(models[1], index, prove=False, max_shard_size=20 * KB, keep_previous=True)
    saveguard.save(models[2], index, prove=False, max_shard_size=20 * KB)
    for saved, path in ((models[2], index), (models[0], kept)):
        path.rename(index)
        loaded = model(3)
        saveguard.load_weights(loaded, index)
        assert same(loaded, saved)


@pytest.mark.parametrize("by_keras", [False, True])
def test_what_stops_in_the_middle_leaves_the_previous_set(
    by_keras: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, index = model(), model(1), tmp_path / "m.weights.json"
    if by_keras:
        first.save_weights(index, max_shard_size=20 * KB)
    else:
        saveguard.save(first, index, prove=False, max_shard_size=20 * KB)

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Staging, "commit", stop)
    with pytest.raises(KeyboardInterrupt):
        saveguard.save(second, index, prove=False, max_shard_size=20 * KB)
    monkeypatch.undo()
    loaded = model(2)
    loaded.load_weights(index)
    assert same(loaded, first)
    saveguard.save(second, index, prove=False)
    assert len(os.listdir(tmp_path)) == 3


KILLED = """
import os, signal, sys, keras, saveguard
index, size, last = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
keras.utils.set_random_seed(1)
layers = [keras.layers.Dense(64) for _ in range(4)]
model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.BatchNormalization()])
given, calls = os.replace, []
def replace(source, target):
    calls.append(target)
    if len(calls) == last:
        os.kill(os.getpid(), signal.SIGKILL)
    given(source, target)
os.replace = replace
saveguard.save(model, index, prove=False, max_shard_size=size)
"""


@pytest.mark.parametrize("last", [1, 3])
def test_a_kill_while_the_set_is_named_leaves_the_previous_one(last: int, tmp_path: Path) -> None:
    saved, index = model(), tmp_path / "m.weights.json"
    saved.save_weights(index, max_shard_size=20 * KB)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(index), str(20 * KB), str(last)],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        check=False,
    )
    assert done.returncode == -9
    loaded = model(2)
    loaded.load_weights(index)
    assert same(loaded, saved)
    saveguard.save(saved, index, prove=False)
    assert len(os.listdir(tmp_path)) == 3


def test_a_damaged_or_missing_shard_is_told(tmp_path: Path) -> None:
    saved, index = model(), tmp_path / "m.weights.json"
    saveguard.save(saved, index, prove=False, max_shard_size=20 * KB)
    shard = index.with_name(weight_map(index)["/layers/dense_1/vars"][0])
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load_weights(model(1), index)
    assert caught.value.codes == ("SG103",)
    shard.unlink()
    report = saveguard.check(index)
    assert report.codes[0] == "SG101" and shard.name in str(report)


def test_refused_sizes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"alone takes 1\.53e-05 GB"):
        saveguard.save(model(), tmp_path / "m.weights.json", max_shard_size=1 * KB)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(model(), tmp_path / "m.keras", max_shard_size=1)
    assert caught.value.codes == ("SG704",)
    assert list(tmp_path.iterdir()) == []


def test_texts_and_bfloat16_in_shards(tmp_path: Path) -> None:
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, dtype="bfloat16")])
    index = tmp_path / "m.weights.json"
    saveguard.save(shaken(made), index, prove=False)
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, dtype="bfloat16")])
    other.load_weights(index)
    assert [a.tobytes() for a in made.get_weights()] == [a.tobytes() for a in other.get_weights()]


def test_a_set_behind_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    MemoryFileSystem.store.clear()
    address, saved = "memory://sets/m.weights.json", model()
    for _ in range(2):
        receipt = saveguard.save(saved, address, max_shard_size=20 * KB)
        assert receipt.proven and receipt.upload is not None
    loaded = model(1)
    saveguard.load_weights(loaded, address)
    assert same(loaded, saved)
    fsspec.filesystem("memory").get("/sets", str(tmp_path / "near"), recursive=True)
    loaded = model(2)
    loaded.load_weights(tmp_path / "near" / "m.weights.json")
    assert same(loaded, saved)


def test_a_set_is_saved_in_the_background(tmp_path: Path) -> None:
    saved, index = model(), tmp_path / "m.weights.json"
    before = [value.copy() for value in values(saved)]
    saving = saveguard.save(saved, index, rows(4, 64), max_shard_size=20 * KB, background=True)
    saved.set_weights([array + 1 for array in saved.get_weights()])
    assert saving.result().proven and len(os.listdir(tmp_path)) > 3
    loaded = model(1)
    saveguard.load_weights(loaded, index)
    assert all(map(np.array_equal, values(loaded), before))


def test_a_set_is_saved_to_an_address_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    MemoryFileSystem.store.clear()
    address, saved = "memory://sets/m.weights.json", model()
    saving = saveguard.save(saved, address, max_shard_size=20 * KB, background=True)
    assert saving.result().upload is not None
    loaded = model(1)
    saveguard.load_weights(loaded, address)
    assert same(loaded, saved)
