"""Where an array's bytes lie, and what was done to them."""

from __future__ import annotations

from typing import NamedTuple

from saveguard.archive.budget import Damaged, NotUnderstood
from saveguard.archive.hdf5.fields import Fields, File
from saveguard.archive.hdf5.header import (
    DATASPACE,
    DATATYPE,
    EXTERNAL,
    FILTERS,
    LAYOUT,
    Message,
    resolved,
)
from saveguard.archive.hdf5.heap import LocalHeap
from saveguard.archive.hdf5.types import Type, dataspace, datatype

DEFLATE, SHUFFLE, FLETCHER32 = 1, 2, 3


class Layout(NamedTuple):
    """An array's place.

    Attributes:
        kind: `contiguous`, `compact`, `chunked` or `virtual`.
        address: Of its bytes (contiguous, compact) or of the index of its chunks; -1 for none.
        stored: Bytes there; of chunks, not known here.
        chunk: The shape of one chunk.
        indexed: How chunks are found: `btree` (version 1), or `other`.
        filters: Numbers of the filters that its bytes went through, in order.
        external: Files outside that hold its bytes, as written.
    """

    kind: str
    address: int = -1
    stored: int = 0
    chunk: tuple[int, ...] = ()
    indexed: str = "btree"
    filters: tuple[int, ...] = ()
    external: tuple[str, ...] = ()


class Dataset(NamedTuple):
    """An array in an HDF5 file."""

    shape: tuple[int, ...]
    kind: Type
    layout: Layout

    @property
    def size(self) -> int:
        """Bytes that its shape declares."""
        size = self.kind.size
        for length in self.shape:
            size *= length
        return size


def dataset(file: File, messages: list[Message]) -> Dataset | None:
    """What the messages of an object say of an array; None where it is no array."""
    found = {message.kind: message for message in messages}
    if not {DATASPACE, DATATYPE, LAYOUT} <= set(found):
        return None
    shape = dataspace(file, resolved(file, found[DATASPACE]))
    kind = datatype(file, resolved(file, found[DATATYPE]))
    layout = _layout(file, found[LAYOUT])
    if FILTERS in found:
        layout = layout._replace(filters=_filters(file, resolved(file, found[FILTERS])))
    if EXTERNAL in found:
        layout = layout._replace(external=_external(file, found[EXTERNAL].content))
    return Dataset(shape, kind, layout)


def _layout(file: File, message: Message) -> Layout:
    fields = Fields(file, message.content)
    version = fields.number(1)
    if version in (1, 2):
        return _old(file, fields, message.at)
    if version not in (3, 4, 5):
        raise Damaged(f"a layout of version {version}")
    kind = fields.number(1)
    if kind == 0:
        size = fields.number(2)
        return Layout("compact", message.at + fields.at, min(size, fields.left))
    if kind == 1:
        return _contiguous(file, fields.address(), fields.length())
    if kind == 2:
        return _chunked(file, fields) if version == 3 else _chunked_anew(fields)
    if kind == 3:
        return Layout("virtual")
    raise Damaged(f"a layout of class {kind}")


def _contiguous(file: File, address: int, stored: int) -> Layout:
    if address == file.undefined:
        return Layout("contiguous")
    return Layout("contiguous", address, stored)


def _chunked(file: File, fields: Fields) -> Layout:
    rank = fields.number(1)
    address = fields.address()
    chunk = tuple(fields.number(4) for _ in range(rank))
    return Layout("chunked", -1 if address == file.undefined else address, chunk=chunk[:-1])


def _chunked_anew(fields: Fields) -> Layout:
    """The chunks of a file that was written with `libver="latest"`."""
    fields.take(1)
    rank, width = fields.number(1), fields.number(1)
    chunk = tuple(fields.number(width) for _ in range(rank))
    return Layout("chunked", chunk=chunk[:-1], indexed="other")


def _old(file: File, fields: Fields, at: int) -> Layout:
    rank, kind = fields.number(1), fields.number(1)
    fields.take(5)
    address = fields.address() if kind else file.undefined
    lengths = tuple(fields.number(4) for _ in range(rank))
    if kind == 0:
        size = fields.number(4)
        return Layout("compact", at + fields.at, min(size, fields.left))
    if kind == 1:
        stored = 1
        for length in lengths:
            stored *= length
        return _contiguous(file, address, stored)
    return Layout("chunked", -1 if address == file.undefined else address, chunk=lengths[:-1])


def _filters(file: File, content: bytes) -> tuple[int, ...]:
    fields = Fields(file, content)
    version, count = fields.number(1), fields.number(1)
    fields.take(6 * (version == 1))
    found = []
    for _ in range(count):
        number = fields.number(2)
        name = fields.number(2) if version == 1 or number >= 256 else 0
        fields.take(2)
        values = fields.number(2)
        fields.take((name + 7) // 8 * 8 if version == 1 else name)
        fields.take(4 * (values + (values % 2 if version == 1 else 0)))
        found.append(number)
    return tuple(found)


def _external(file: File, content: bytes) -> tuple[str, ...]:
    fields = Fields(file, content)
    if fields.number(1) != 1:
        raise NotUnderstood("a list of external files of another version")
    fields.take(5)
    count = fields.number(2)
    names = LocalHeap(file, fields.address())
    found = []
    for _ in range(count):
        found.append(names.text(fields.length()))
        fields.take(2 * file.lengths)
    return tuple(found)
