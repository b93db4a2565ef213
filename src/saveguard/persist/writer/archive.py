"""Write a `.keras` archive straight into its file, recording each array on its way.

The members are those of Keras's own writer, with the same content; Keras's code walks the model
and decides what is stored. Two things differ: the HDF5 member is written in place instead of in
memory first, and `metadata.json` comes last, so that the receipt can be written after the proof.
Each large array is read once: its digest is also a piece of the member's checksum.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import math
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from saveguard.archive.read import CONFIG, METADATA, WEIGHTS
from saveguard.child import arrays, running
from saveguard.child.window import Window
from saveguard.facts import VariableFacts

# Of arrays in the HDF5 file, by path: offset, size, CRC-32.
Pieces = dict[str, tuple[int, int, int]]
_BLOCK = 1 << 22
# From this size on, joining two checksums is cheaper than reading the bytes again.
_LARGE = 1 << 16
# Backends whose tensors NumPy reads in place, where they lie in main memory.
_SHARES_MEMORY = ("tensorflow", "jax")
_CRC32_POLYNOMIAL = 0xEDB88320


class Written:
    """What went into the file: by the identity of each variable, and by content."""

    def __init__(self) -> None:
        self.by_id: dict[int, VariableFacts] = {}
        self.contents: list[tuple[tuple[int, ...], str]] = []
        self.digests: dict[str, str] = {}

    def record(self, path: str, value: Any, array: np.ndarray[Any, Any]) -> VariableFacts:
        """Note one stored array, with its digest and how many values are not finite."""
        facts = measure(path, array)
        self.contents.append((array.shape, facts.digest))
        if not isinstance(value, np.ndarray):
            self.by_id[id(value)] = facts
        return facts


def measure(path: str, array: np.ndarray[Any, Any], holder: str = "") -> VariableFacts:
    """The facts of one variable's values."""
    nan, infinite = _not_finite(array)
    return VariableFacts(
        path=path,
        shape=array.shape,
        dtype=array.dtype.name,
        holder=holder,
        nan=nan,
        infinite=infinite,
        digest=arrays.digest(array),
    )


class KerasArchive:
    """A `.keras` file being written.

    Args:
        path: A new file.
        write_golden: Called with the open HDF5 file once the weights are in it.
    """

    def __init__(self, path: Path, write_golden: Callable[[h5py.File], None]) -> None:
        self.path = path
        self.write_golden = write_golden
        self.written = Written()
        self._metadata: dict[str, Any] = {}
        self._metadata_start = 0

    def write(self, model: Any) -> Written:
        """Write configuration, weights, assets, and metadata without a receipt.

        Raises:
            Exception: Whatever Keras raises for a model that it cannot save.
        """
        from keras.src.saving import saving_lib

        config, metadata = saving_lib._serialize_model_as_json(model)
        self._metadata = json.loads(metadata)
        with open(self.path, "w+b", buffering=0) as file, zipfile.ZipFile(file, "w") as archive:
            self._member(archive, CONFIG, config.encode())
            assets = saving_lib.DiskIOStore("assets", archive=archive, mode="w")
            try:
                self._weights(file, archive, model, assets)
            finally:
                assets.close()
            self._metadata_start = archive.start_dir
            self._member(archive, METADATA, json.dumps(self._metadata).encode())
        return self.written

    def write_receipt(self, receipt: str) -> None:
        """Replace the last member, `metadata.json`, by one that also holds the receipt."""
        metadata = {**self._metadata, "saveguard": json.loads(receipt)}
        with open(self.path, "r+b") as file, zipfile.ZipFile(file, "a") as archive:
            last = archive.filelist.pop()
            if last.filename != METADATA or last.header_offset != self._metadata_start:
                raise ValueError(f"{METADATA} is not the last member of {self.path}")
            del archive.NameToInfo[METADATA]
            file.seek(self._metadata_start)
            file.truncate()
            archive.start_dir = self._metadata_start
            self._member(archive, METADATA, json.dumps(metadata).encode())

    def _member(self, archive: zipfile.ZipFile, name: str, content: bytes) -> None:
        archive.writestr(zipfile.ZipInfo(name, time.localtime()[:6]), content)
        if name != METADATA:
            self.written.digests[name] = f"sha256:{hashlib.sha256(content).hexdigest()}"

    def _weights(self, file: Any, archive: zipfile.ZipFile, model: Any, assets: Any) -> None:
        """Write the HDF5 member in place, then its header, which needs its size and checksum."""
        entry = zipfile.ZipInfo(WEIGHTS, time.localtime()[:6])
        entry.header_offset = archive.start_dir
        entry.CRC = entry.file_size = entry.compress_size = 0
        large = _bytes_of(model) > zipfile.ZIP64_LIMIT // 2
        start = entry.header_offset + len(entry.FileHeader(zip64=large))
        window = _WritingWindow(file, start)
        pieces = self._state(window, model, assets)
        entry.file_size = entry.compress_size = window.end
        entry.CRC = _checksum(window, pieces)
        file.seek(entry.header_offset)
        file.write(entry.FileHeader(zip64=large))
        archive.filelist.append(entry)
        archive.NameToInfo[WEIGHTS] = entry
        archive.start_dir = start + window.end
        self.written.digests[WEIGHTS] = f"crc32:{entry.CRC:08x}"

    def _state(self, window: _WritingWindow, model: Any, assets: Any) -> Pieces:
        """Have Keras put the model's state into a window; returns what need not be read again."""
        from keras.src.saving import saving_lib

        store = _recording_store(saving_lib.H5IOStore, window, self.written)
        try:
            with _skipped_names_kept(saving_lib):
                saving_lib._save_state(model, store, assets, "", visited_saveables=set())
            self.write_golden(store.h5_file)
        finally:
            try:
                store.close()
            finally:
                if window.failure is not None:
                    raise window.failure
        return dict(store.pieces)


class _WritingWindow(Window):
    """A window that keeps why writing failed.

    h5py 3.14 calls it again after that, and raises what comes of it: an AttributeError.
    """

    def __init__(self, file: Any, start: int) -> None:
        Window.__init__(self, file, start)
        self.failure: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return int(Window.write(self, data))
        except OSError as error:
            self.failure = self.failure or error
            raise


def _recording_store(base: Any, window: Window, written: Written) -> Any:
    """Keras's HDF5 store, on a window of the archive, which records what is put into it."""

    class RecordingStore(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(io.BytesIO(), mode="w")
            self.pieces: Pieces = {}

        def _get_h5_file(self, path_or_io: Any, mode: str | None = None) -> h5py.File:
            return h5py.File(window, mode or self.mode)

        def __setitem__(self, key: str, value: Any) -> None:
            array = _view(value)
            facts = written.record(f"{self._h5_entry_path}/vars/{key}", value, array)
            if not self._h5_entry_initialized:
                self._create_h5_group(self._h5_entry_path)
            # Keras's own method copies the array once more.
            dataset = self._h5_entry_group.create_dataset(key, data=array)
            if facts.dtype == "bfloat16":
                dataset.attrs["dtype"] = facts.dtype
            offset = dataset.id.get_offset()
            if offset is not None and array.nbytes >= _LARGE:
                self.pieces[dataset.name] = offset, array.nbytes, int(facts.digest, 16)

        def __delitem__(self, key: str) -> None:
            self.pieces.pop(f"{self._h5_entry_group.name}/{key}", None)
            super().__delitem__(key)

    return RecordingStore()


@contextlib.contextmanager
def _skipped_names_kept(saving_lib: Any) -> Iterator[None]:
    """Find once, not for each object, which attributes Keras's walk over a model skips.

    Keras 3.15.1 keeps them under one key and looks under another (`get_attr_skipset`), so that
    every object on the walk costs a layer that is built and thrown away: a third of a small save.
    """
    found = saving_lib.get_attr_skipset
    saving_lib.get_attr_skipset = functools.cache(found)
    try:
        yield
    finally:
        saving_lib.get_attr_skipset = found


def _view(value: Any) -> np.ndarray[Any, Any]:
    """A variable's value, in the backend's own memory where NumPy can read that."""
    import keras

    shared = isinstance(value, keras.Variable) and keras.backend.backend() in _SHARES_MEMORY
    return np.asarray(
        keras.ops.convert_to_tensor(value.value) if shared else running.value_of(value)
    )


def _checksum(window: Window, pieces: Pieces) -> int:
    """CRC-32 of a window, whose `pieces` are not read."""
    checksum = position = 0
    for offset, size, piece in sorted(pieces.values()):
        checksum = _read_checksum(window, position, offset, checksum)
        checksum = _product(_shift(size), checksum) ^ piece
        position = offset + size
    return _read_checksum(window, position, window.end, checksum)


def _read_checksum(window: Window, start: int, end: int, checksum: int) -> int:
    window.seek(start)
    buffer = memoryview(bytearray(min(_BLOCK, end - start)))
    while start < end:
        got = window.readinto(buffer[: end - start])
        checksum = zlib.crc32(buffer[:got], checksum)
        start += got
    return checksum


@functools.lru_cache
def _shift(size: int) -> int:
    """What a CRC-32 is multiplied by when `size` bytes follow: x to the power of 8 * size."""
    power, factor = 1 << 31, 1 << 23
    while size:
        if size & 1:
            power = _product(power, factor)
        factor = _product(factor, factor)
        size >>= 1
    return power


def _product(left: int, right: int) -> int:
    """Two polynomials over GF(2) multiplied modulo CRC-32's; the highest bit is x^0."""
    product = 0
    for bit in range(31, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ (_CRC32_POLYNOMIAL if right & 1 else 0)
    return product


def _bytes_of(model: Any) -> int:
    optimizer = getattr(model, "optimizer", None)
    variables = list(model.variables) + list(getattr(optimizer, "variables", ()) or ())
    return sum(math.prod(variable.shape or (1,)) * 8 for variable in variables)


def _not_finite(array: np.ndarray[Any, Any]) -> tuple[int, int]:
    """(NaN, infinite) values; one sum tells for nearly every array that there are none."""
    if array.dtype.kind not in "fcV" or not array.size:
        return 0, 0
    values = array.astype("float32") if array.dtype.kind == "V" else array
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()):
            return 0, 0
    return int(np.isnan(values).sum()), int(np.isinf(values).sum())
