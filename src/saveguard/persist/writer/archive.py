"""Write a `.keras` archive straight into its file, recording each array on its way.

The members are those of Keras's own writer, with the same content. Three things differ: the HDF5
member is written in place instead of in memory first, it begins where a page of memory can begin,
and `metadata.json` comes last, so that the receipt can be written after the proof.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import h5py

from saveguard.archive.read import CONFIG, METADATA, WEIGHTS
from saveguard.child.window import Window
from saveguard.persist.telling import told
from saveguard.persist.walking import garbage_kept
from saveguard.persist.writer import state
from saveguard.persist.writer.file import File
from saveguard.persist.writer.groups import NotWritable
from saveguard.persist.writer.recorded import Written, measure
from saveguard.persist.writer.stream import ALIGNMENT

_BLOCK = 1 << 22
# An extra field that means nothing but its size; Android's zipalign uses this number for it.
_PADDING = 0xD935


class KerasArchive:
    """A `.keras` file being written.

    Args:
        path: A new file.
        write_golden: Called with the open HDF5 file once the weights are in it.

    Attributes:
        written: What went into it.
        writer: Whose code wrote the weights: `keras` where a layer stores what ours does not write.
        described: Configuration and metadata as JSON, where they were read before; else None.
    """

    def __init__(self, path: Path, write_golden: Callable[[Any], None]) -> None:
        self.path = path
        self.write_golden = write_golden
        self.written = Written()
        self.writer: Literal["saveguard", "keras"] = "saveguard"
        self.described: tuple[str, str] | None = None
        self._metadata: dict[str, Any] = {}
        self._metadata_start = 0

    def write(self, model: Any) -> Written:
        """Write configuration, weights, assets, and metadata without a receipt.

        Raises:
            Exception: Whatever Keras raises for a model that it cannot save.
        """
        with garbage_kept():
            try:
                return self._write(model, self._by_ours)
            except NotWritable:
                self.written, self.writer = Written(), "keras"
                return self._write(model, self._by_h5py)

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

    def _write(self, model: Any, write_weights: Callable[..., tuple[int, int]]) -> Written:
        from keras.src.saving import saving_lib

        config, metadata = self.described or told(model)
        self._metadata = json.loads(metadata)
        with open(self.path, "w+b", buffering=0) as file, zipfile.ZipFile(file, "w") as archive:
            self._member(archive, CONFIG, config.encode())
            assets = saving_lib.DiskIOStore("assets", archive=archive, mode="w")
            try:
                entry, start = _aligned_entry(archive, model)
                size, checksum = write_weights(file, start, model, assets)
                _close_entry(file, archive, entry, start, size, checksum)
            finally:
                assets.close()
            self._metadata_start = archive.start_dir
            self._member(archive, METADATA, json.dumps(self._metadata).encode())
        self.written.digests[WEIGHTS] = f"crc32:{checksum:08x}"
        return self.written

    def _member(self, archive: zipfile.ZipFile, name: str, content: bytes) -> None:
        archive.writestr(zipfile.ZipInfo(name, time.localtime()[:6]), content)
        if name != METADATA:
            self.written.digests[name] = f"sha256:{hashlib.sha256(content).hexdigest()}"

    def _by_ours(self, file: Any, start: int, model: Any, assets: Any) -> tuple[int, int]:
        return write_state(file.fileno(), start, model, assets, self.written, self.write_golden)

    def _by_h5py(self, file: Any, start: int, model: Any, assets: Any) -> tuple[int, int]:
        window = WritingWindow(file, start)
        with contextlib.ExitStack() as told:
            told.callback(window.tell_failure)
            with h5py.File(window, "w") as weights:
                state.store(weights, model, assets, self.written)
                self.write_golden(weights)
        self.written.settle()
        return window.end, checksum_of(window)


def write_state(
    descriptor: int,
    start: int,
    model: Any,
    assets: Any,
    written: Written,
    write_golden: Callable[[Any], None],
) -> tuple[int, int]:
    """Write a model's state as an HDF5 file from `start` on; returns its size and CRC-32.

    Raises:
        NotWritable: If a layer stores what only h5py writes.
    """
    weights = File(descriptor, start, measure)
    try:
        state.store(weights, model, assets, written)
        write_golden(weights)
        checksum = weights.seal()
        written.settle()
    finally:
        weights.close()
    return weights.size, checksum


def _aligned_entry(archive: zipfile.ZipFile, model: Any) -> tuple[zipfile.ZipInfo, int]:
    """The entry of the weights, whose content is to begin on a page; and where that is."""
    entry = zipfile.ZipInfo(WEIGHTS, time.localtime()[:6])
    entry.header_offset = archive.start_dir
    entry.CRC = entry.file_size = entry.compress_size = 0
    end = entry.header_offset + len(entry.FileHeader(zip64=_large(model))) + 4
    gap = -end % ALIGNMENT
    entry.extra = struct.pack("<HH", _PADDING, gap) + bytes(gap)
    return entry, end + gap


def _close_entry(
    file: Any,
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    start: int,
    size: int,
    checksum: int,
) -> None:
    """Write the header before the content, now that its size and checksum are known."""
    entry.file_size = entry.compress_size = size
    entry.CRC = checksum
    file.seek(entry.header_offset)
    zip64 = start - entry.header_offset != len(entry.FileHeader(zip64=False))
    file.write(entry.FileHeader(zip64=zip64))
    entry.extra = b""
    archive.filelist.append(entry)
    archive.NameToInfo[WEIGHTS] = entry
    archive.start_dir = start + size


def _large(model: Any) -> bool:
    optimizer = getattr(model, "optimizer", None)
    variables = list(model.variables) + list(getattr(optimizer, "variables", ()) or ())
    most = sum(math.prod(variable.shape or (1,)) * 8 for variable in variables)
    return most > zipfile.ZIP64_LIMIT // 2


class WritingWindow(Window):
    """A window that keeps why writing failed.

    h5py 3.14 calls it again after that, and raises what comes of it: an AttributeError.
    """

    def __init__(self, file: Any, start: int) -> None:
        Window.__init__(self, file, start)
        self.failure: OSError | None = None

    def write(self, data: Any) -> int:
        """As any file's."""
        try:
            return int(Window.write(self, data))
        except OSError as error:
            self.failure = self.failure or error
            raise

    def tell_failure(self) -> None:
        """Raise what the first write raised that failed."""
        if self.failure is not None:
            raise self.failure


def checksum_of(window: Window) -> int:
    """The CRC-32 of all that was written."""
    window.seek(0)
    buffer, checksum = memoryview(bytearray(_BLOCK)), 0
    while got := window.readinto(buffer):
        checksum = zlib.crc32(buffer[:got], checksum)
    return checksum
