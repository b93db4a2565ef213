"""The values of an array in an HDF5 file that does not lie there in one piece."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from saveguard.archive.budget import Damaged, NotUnderstood, OverBudget
from saveguard.archive.hdf5 import btree
from saveguard.archive.hdf5.fields import Fields, File
from saveguard.archive.hdf5.header import messages
from saveguard.archive.hdf5.layout import DEFLATE, FLETCHER32, SHUFFLE, Dataset, dataset

Array = np.ndarray[Any, Any]


def find(file: File, address: int) -> Dataset:
    """The array whose header lies at that address.

    Raises:
        Damaged: If there is none.
    """
    held = dataset(file, messages(file, address))
    if held is None:
        raise Damaged(f"no array at address {address}")
    return held


def pieces(file: File, held: Dataset, dtype: np.dtype[Any], size: int) -> Iterator[Array]:
    """Its values in C order, in flat pieces of about `size` bytes (one row of chunks at least)."""
    place = held.layout
    if place.indexed != "btree":
        raise NotUnderstood("chunks with an index of HDF5 1.10 or newer")
    if place.external or place.kind == "virtual" or place.address < 0:
        return
    if place.kind == "chunked":
        yield from _rows(file, held, dtype)
        return
    step = max(size // dtype.itemsize, 1) * dtype.itemsize
    for at in range(0, held.size, step):
        content = file.source.read(place.address + at, min(step, held.size - at))
        yield np.frombuffer(content, dtype)


class _Chunk(NamedTuple):
    corner: tuple[int, ...]
    address: int
    stored: int
    mask: int


def _rows(file: File, held: Dataset, dtype: np.dtype[Any]) -> Iterator[Array]:
    """One piece a row of chunks along the first axis."""
    shape, extent = held.shape, held.layout.chunk
    size = dtype.itemsize
    for length in (extent[0], *shape[1:]):
        size *= length
    if len(extent) != len(shape) or 0 in extent:
        raise Damaged("its chunks have another rank")
    if max(size, _bytes(extent, dtype)) > file.meter.budget.chunk:
        raise OverBudget(f"over the budget of {file.meter.budget.chunk:,} bytes in memory")
    rows: dict[int, list[_Chunk]] = defaultdict(list)
    for chunk in _chunks(file, held):
        rows[chunk.corner[0]].append(chunk)
    for start in range(0, shape[0], extent[0]):
        row = np.zeros((min(extent[0], shape[0] - start), *shape[1:]), dtype)
        for chunk in rows.get(start, ()):
            corner = (0, *chunk.corner[1:])
            there = tuple(slice(a, a + n) for a, n in zip(corner, extent, strict=True))
            target = row[there]
            values = _unpacked(file, chunk, held, dtype)
            target[...] = values[tuple(slice(0, n) for n in target.shape)]
        yield row.reshape(-1)


def _chunks(file: File, held: Dataset) -> Iterator[_Chunk]:
    rank = len(held.shape)
    for key, address in btree.version_1(file, held.layout.address, 1, 8 + 8 * (rank + 1)):
        fields = Fields(file, key)
        stored, mask = fields.number(4), fields.number(4)
        yield _Chunk(tuple(fields.number(8) for _ in range(rank)), address, stored, mask)


def _unpacked(file: File, chunk: _Chunk, held: Dataset, dtype: np.dtype[Any]) -> Array:
    """A chunk's values, with its filters undone from the last to the first."""
    extent = held.layout.chunk
    size = _bytes(extent, dtype)
    content = file.source.read(chunk.address, min(chunk.stored, 2 * size + 1024))
    for index, number in reversed(list(enumerate(held.layout.filters))):
        if chunk.mask >> index & 1:
            continue
        if number == DEFLATE:
            content = _inflated(content, size + 4)
        elif number == SHUFFLE:
            lanes = np.frombuffer(content, np.uint8).reshape(dtype.itemsize, -1)
            content = lanes.T.tobytes()
        elif number == FLETCHER32:
            content = content[:-4]
        else:
            raise NotUnderstood(f"an array behind the filter {number}")
    if len(content) != size:
        raise Damaged(f"a chunk of {len(content)} bytes in place of {size}")
    return np.frombuffer(content, dtype).reshape(extent)


def _inflated(content: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, most)
    except zlib.error as error:
        raise Damaged(f"a chunk does not unpack: {error}") from error


def _bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    size = dtype.itemsize
    for length in shape:
        size *= length
    return size
