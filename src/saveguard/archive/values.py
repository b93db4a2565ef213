"""The values of a stored array, streamed: never more of them in memory than a few MiB."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.archive import npz, parts
from saveguard.archive.budget import Damaged, Meter, NotUnderstood, OverBudget
from saveguard.archive.content import content_of
from saveguard.archive.hdf5 import values, walk
from saveguard.archive.hdf5.fields import File
from saveguard.archive.hdf5.superblock import superblock
from saveguard.archive.source import Source
from saveguard.archive.zip import listing
from saveguard.facts import StoredArray

Array = np.ndarray[Any, Any]
# What NumPy alone does not know: the bytes of an element, bits of exponent and of mantissa.
_SMALL_FLOATS = {
    "bfloat16": (2, 8, 7),
    "float8_e4m3fn": (1, 4, 3),
    "float8_e5m2": (1, 5, 2),
}


def blocks(array: StoredArray, *, size: int = 4 << 20) -> Iterator[Array]:
    """The values of an array in C order, as flat pieces of about `size` bytes.

    `bfloat16` and `float8` come as `float32`. An array of which nothing is stored (its layout
    says so, or its bytes lie outside of the archive) gives no pieces.

    Raises:
        Damaged: If its bytes are not there, or not what they should be.
        NotUnderstood: If it holds no numbers, or is packed in a way that is not known.
        OverBudget: If a piece of it would take too much memory.
        OSError: If the file cannot be opened.
    """
    dtype = _stored_as(array.dtype)
    found = _plain(array, dtype, size) if array.offset >= 0 else _packed(array, dtype, size)
    for piece in found:
        yield _as_float32(piece, array.dtype) if array.dtype in _SMALL_FLOATS else piece


def _stored_as(name: str) -> np.dtype[Any]:
    if name in _SMALL_FLOATS:
        return np.dtype(f"<u{_SMALL_FLOATS[name][0]}")
    try:
        dtype = np.dtype(name)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in "biufc":
        raise NotUnderstood(f"values of {name}")
    return dtype.newbyteorder("<")


def _plain(array: StoredArray, dtype: np.dtype[Any], size: int) -> Iterator[Array]:
    step = max(size // dtype.itemsize, 1) * dtype.itemsize
    total = array.count * dtype.itemsize
    with _file(array.source) as source:
        for at in range(0, total, step):
            content = source.read(array.offset + at, min(step, total - at))
            yield np.frombuffer(content, dtype)


def _packed(array: StoredArray, dtype: np.dtype[Any], size: int) -> Iterator[Array]:
    """An array in a compressed member, in chunks, or in another order of bytes."""
    status = os.stat(array.source)
    part = _part(array.source, array.member, (status.st_mtime_ns, status.st_size))
    if part.file is None:
        yield from npz.values(part.source, array, dtype, Meter())
        return
    if array.path not in part.addresses:
        raise Damaged(f"no array {array.path}")
    held = values.find(part.file, part.addresses[array.path])
    part.count(array.path, held.size)
    ordered = dtype.newbyteorder("<" if held.kind.order == "<" else ">")
    if held.kind.size != dtype.itemsize:
        raise Damaged(f"elements of {held.kind.size} bytes for {array.dtype}")
    for piece in values.pieces(part.file, held, ordered, size):
        yield piece.astype(dtype, copy=False)


class _Part:
    """The part of an archive that holds arrays, open: a zip's member, or the file itself."""

    def __init__(self, path: str, member: str) -> None:
        self.meter, self.stack = Meter(), contextlib.ExitStack()
        whole = self.stack.enter_context(_file(path))
        self.source = self.stack.enter_context(_member(whole, member, self.meter))
        self.file: File | None = None
        self.sizes: dict[str, int] = {}
        start = superblock(self.source)
        if start >= 0:
            self.addresses = walk.contents(self.source, member, Meter()).addresses
            self.file = File(self.source.window(start, self.source.size), Meter())

    def count(self, path: str, size: int) -> None:
        """Count an array's values, once: chunks that hold nothing may stand for petabytes.

        Raises:
            OverBudget: If all of them are out of proportion to the bytes that are stored.
        """
        self.sizes[path] = size
        ratio = self.meter.budget.ratio
        if sum(self.sizes.values()) > max(parts.LARGE, ratio * self.source.size):
            raise OverBudget(f"over the budget of {ratio} bytes out of each stored byte")

    def __del__(self) -> None:
        self.stack.close()


@functools.lru_cache(maxsize=1)
def _part(path: str, member: str, state: tuple[int, int]) -> _Part:
    """The last part is kept open: what is compressed is unpacked once for all of its arrays."""
    del state
    return _Part(path, member)


@contextlib.contextmanager
def _file(path: str) -> Iterator[Source]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield Source.of(descriptor, path)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _member(source: Source, name: str, meter: Meter) -> Iterator[Source]:
    zipped = name and content_of(source) == "zip"
    entries = {e.member.name: e for e in listing(source, meter).entries} if zipped else {}
    if name in entries:
        with parts.opened(source, entries[name], meter) as part:
            yield part
    else:
        yield source


def _as_float32(piece: Array, name: str) -> Array:
    """Small floats by shifting their bits into the places of `float32`."""
    size, exponent, mantissa = _SMALL_FLOATS[name]
    bits = piece.astype(np.uint32)
    if exponent == 8:
        return (bits << 16).view(np.float32)
    table = np.array([_small(code, exponent, mantissa) for code in range(1 << 8 * size)])
    return table.astype(np.float32)[piece]


def _small(code: int, exponent: int, mantissa: int) -> float:
    sign = -1.0 if code >> (exponent + mantissa) else 1.0
    power = code >> mantissa & ((1 << exponent) - 1)
    part = code & ((1 << mantissa) - 1)
    bias = (1 << exponent - 1) - 1
    if exponent == 5 and power == 31:
        return float("nan") if part else sign * float("inf")
    if exponent == 4 and power == 15 and part == 7:
        return float("nan")
    if power == 0:
        return float(sign * part * 2.0 ** (1 - bias - mantissa))
    return float(sign * (1 + part / (1 << mantissa)) * 2.0 ** (power - bias))
