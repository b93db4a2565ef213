"""Archives that are written from front to back: the content is that of Keras's own files."""

from __future__ import annotations

import os
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any
from unittest import mock

import h5py
import keras
import ml_dtypes
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools" / "sweep"))
import contents
from written import MODELS

import saveguard
from saveguard.persist.writer import writeback
from saveguard.persist.writer.archive import KerasArchive
from saveguard.persist.writer.checksum import joined
from saveguard.persist.writer.file import File
from saveguard.persist.writer.groups import NotWritable
from saveguard.persist.writer.recorded import measure
from saveguard.persist.writer.stream import ALIGNMENT

layers = keras.layers


@pytest.mark.backend
@pytest.mark.parametrize("name", MODELS)
def test_the_content_is_that_of_kerass_own_file(name: str, tmp_path: Path) -> None:
    if name == "text" and keras.backend.backend() == "torch":
        pytest.skip("needs TensorFlow")
    model = MODELS[name]()
    archive = KerasArchive(tmp_path / "ours.keras", lambda _file: None)
    archive.write(model)
    model.save(tmp_path / "plain.keras")

    assert list(contents.unlike(tmp_path / "ours.keras", tmp_path / "plain.keras")) == []
    assert archive.writer == "saveguard"
    keras.models.load_model(tmp_path / "ours.keras")


def test_the_comparison_can_fail(tmp_path: Path) -> None:
    for name in ("one", "other"):
        inputs = keras.Input((4,), name="x")
        model = keras.Sequential([inputs, layers.Dense(3, name="d")], name="m")
        model.save(tmp_path / f"{name}.keras")
    found = list(contents.unlike(tmp_path / "one.keras", tmp_path / "other.keras"))
    assert found == ["layers/dense/vars/0 differs"]


def test_large_arrays_lie_on_pages(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    saveguard.save(MODELS["large"](), path, prove=False)
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("model.weights.h5")
        content = archive.read(entry)
    start = path.read_bytes().index(content[:512])
    with h5py.File(archive_weights(tmp_path, content)) as weights:
        at = [weights[f"layers/{name}/vars/0"].id.get_offset() for name in ("dense", "dense_1")]
    assert [(start + offset) % ALIGNMENT for offset in at] == [0, 0]


def archive_weights(folder: Path, content: bytes) -> Path:
    path = folder / "weights.h5"
    path.write_bytes(content)
    return path


class ReadsBack(layers.Layer):
    """Stores a value, and reads it again from the store."""

    def build(self, _shape: Any) -> None:
        self.scale = self.add_weight(name="scale", shape=(2,))

    def save_own_variables(self, store: Any) -> None:
        store["scale"] = self.scale
        store["twice"] = 2 * np.asarray(store["scale"])

    def call(self, inputs: Any) -> Any:
        return inputs


class StoresObjects(ReadsBack):
    """Stores what HDF5 has no type for but text."""

    def save_own_variables(self, store: Any) -> None:
        store["scale"] = np.array([b"a", "b"], dtype=object)


class StoresAnything(ReadsBack):
    """Stores what nobody can write."""

    def save_own_variables(self, store: Any) -> None:
        store["scale"] = np.array([object()], dtype=object)


def test_what_only_h5py_writes_is_written_by_h5py(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), ReadsBack()])
    archive = KerasArchive(tmp_path / "ours.keras", lambda _file: None)
    written = archive.write(model)
    model.save(tmp_path / "plain.keras")

    assert archive.writer == "keras"
    assert len(written.contents) == 2
    assert list(contents.unlike(tmp_path / "ours.keras", tmp_path / "plain.keras")) == []


def test_the_receipt_says_who_wrote(tmp_path: Path) -> None:
    ours = saveguard.save(MODELS["large"](), tmp_path / "a.keras", prove=False)
    model = keras.Sequential([keras.Input((2,)), ReadsBack()])
    theirs = saveguard.save(model, tmp_path / "b.keras", prove=False)
    assert (ours.writer, theirs.writer) == ("saveguard", "keras")


def test_what_nobody_writes_raises_kerass_exception(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), StoresAnything()])
    archive = KerasArchive(tmp_path / "ours.keras", lambda _file: None)
    with pytest.raises(TypeError, match="Object dtype"):
        archive.write(model)


VALUES = {
    "nothing": np.zeros((0, 4), "float32"),
    "scalar": np.float64(2.5),
    "booleans": np.array([True, False]),
    "complex": np.array([1 + 2j], "complex64"),
    "bfloat16": np.arange(4).astype(ml_dtypes.bfloat16),
    "transposed": np.arange(200_000, dtype="int64").reshape(400, 500).T,
    "large": np.random.default_rng(1).normal(size=(50_000,)),
    "big-endian": np.arange(5, dtype=">i4"),
    "texts of one length": np.array([b"one", b"three"]),
}


def _file(path: Path) -> tuple[int, File]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    return descriptor, File(descriptor, 0, measure)


def test_h5py_reads_every_kind_of_value(tmp_path: Path) -> None:
    descriptor, file = _file(tmp_path / "x.h5")
    for name, value in VALUES.items():
        file.require_group("a").create_dataset(name, data=value)
    file.create_dataset("texts", data=np.array(["", "ä" * 9000, "b"], dtype=object))
    checksum = file.seal()
    file.close()
    os.close(descriptor)

    assert zlib.crc32((tmp_path / "x.h5").read_bytes()) == checksum
    with h5py.File(tmp_path / "x.h5") as read:
        for name, value in VALUES.items():
            found, expected = read["a"][name][()], np.asarray(value)
            assert found.shape == expected.shape
            assert found.tobytes() == expected.tobytes(), name
        assert [text.decode() for text in read["texts"]] == ["", "ä" * 9000, "b"]


@pytest.mark.parametrize("count", [0, 1, 8, 9, 256, 257, 9000])
def test_groups_of_any_size(count: int, tmp_path: Path) -> None:
    descriptor, file = _file(tmp_path / "x.h5")
    names = [f"ünit_{number}" for number in range(count)]
    for name in names:
        file.create_group(name).attrs["name"] = name.upper()
    file.seal()
    file.close()
    os.close(descriptor)
    with h5py.File(tmp_path / "x.h5", "r+") as read:
        assert sorted(read) == sorted(names)
        assert all(read[name].attrs["name"] == name.upper() for name in names[::7])
        read.create_group("later")["value"] = 3
    with h5py.File(tmp_path / "x.h5") as read:
        assert read["later/value"][()] == 3
        assert len(read) == count + 1


def test_a_name_is_given_once(tmp_path: Path) -> None:
    descriptor, file = _file(tmp_path / "x.h5")
    file.create_group("a/b")
    file["a/c"] = np.ones(2)
    with pytest.raises(ValueError, match="name already exists"):
        file.create_group("a/b")
    with pytest.raises(ValueError, match="name already exists"):
        file["a/c"] = np.ones(2)
    with pytest.raises(NotWritable):
        file["a/d"] = np.array([object()])
    assert "a/b" in file and "a/x" not in file
    del file["a/c"]
    assert file["a"].keys() == ["b"]
    file.close()
    os.close(descriptor)


def test_checksums_of_pieces_join() -> None:
    content = np.random.default_rng(3).bytes(100_000)
    parts = [content[:1], content[1:70_000], b"", content[70_000:]]
    assert joined([(len(part), zlib.crc32(part)) for part in parts]) == zlib.crc32(content)


def test_the_disk_begins_on_large_pieces_and_small_ones_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(writeback, "begin", lambda _, at, size: begun.append(size))
    with open(tmp_path / "w.h5", "w+b", buffering=0) as file:
        weights = File(file.fileno(), 0, measure)
        weights.create_dataset("small", data=np.zeros(10, "float32"))
        weights.create_dataset("large", data=np.zeros(1 << 20, "float32"))
        weights.seal()
        weights.close()
    assert begun == [1 << 22]


def test_a_system_that_cannot_begin_early_flushes_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writeback, "_sync_file_range", lambda: None)
    with open(tmp_path / "f", "wb") as file:
        writeback.begin(file.fileno(), 0, 1)


def test_a_large_file_that_is_replaced_gives_its_memory_back(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(bytes(writeback._LARGE))
    asked: list[tuple[int, ...]] = []
    with mock.patch.object(os, "posix_fadvise", lambda _, *given: asked.append(given), create=True):
        saveguard.save(MODELS["large"](), path, prove=False)
        assert asked == [(0, 0, os.POSIX_FADV_DONTNEED)]
        saveguard.save(MODELS["large"](), path, prove=False)
    assert len(asked) == 1, "of a small file it is no matter"


def test_what_is_no_file_has_no_memory_to_give_back(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writeback.make_room(tmp_path / "pipe")
    writeback.make_room(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
