"""What a group holds, by name; links are told, never followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from saveguard.archive.budget import NotUnderstood
from saveguard.archive.hdf5 import btree
from saveguard.archive.hdf5.fields import Fields, File, decoded
from saveguard.archive.hdf5.header import LINK, LINK_INFO, SYMBOL_TABLE, Message
from saveguard.archive.hdf5.heap import FractalHeap, LocalHeap


class Entry(NamedTuple):
    """One name in a group.

    Attributes:
        address: Of the object's header; -1 for a link.
        kind: `hard`, `soft` or `external`.
        target: What a link names, as written.
    """

    name: str
    address: int = -1
    kind: str = "hard"
    target: str = ""


def is_group(messages: list[Message]) -> bool:
    """Whether an object with these messages is a group."""
    return any(message.kind in (LINK_INFO, SYMBOL_TABLE, LINK) for message in messages)


def entries(file: File, messages: list[Message]) -> Iterator[Entry]:
    """Everything that a group names, in the order of its index."""
    for message in messages:
        fields = Fields(file, message.content)
        if message.kind == SYMBOL_TABLE:
            yield from _symbols(file, fields.address(), fields.address())
        elif message.kind == LINK:
            yield _link(file, message.content)
        elif message.kind == LINK_INFO:
            fields.take(1)
            fields.take(8 * (fields.number(1) & 1))
            yield from _dense(file, fields.address(), fields.address())


def _symbols(file: File, tree: int, heap: int) -> Iterator[Entry]:
    """The entries of a group in the format that h5py writes unless told otherwise."""
    names = LocalHeap(file, heap)
    for _key, address in btree.version_1(file, tree, 0, file.lengths):
        head = file.fields(address, 8, b"SNOD")
        head.take(2)
        count = head.number(2)
        fields = file.fields(address + 8, count * (24 + 2 * file.offsets))
        for _ in range(count):
            name, where = names.text(fields.address()), fields.address()
            cached = fields.number(4)
            fields.take(4)
            scratch = Fields(file, fields.take(16))
            if cached == 2:
                yield Entry(name, kind="soft", target=names.text(scratch.number(4)))
            else:
                yield Entry(name, where)


def _link(file: File, content: bytes) -> Entry:
    fields = Fields(file, content)
    fields.take(1)
    flags = fields.number(1)
    kind = fields.number(1) if flags & 8 else 0
    fields.take(8 * bool(flags & 4) + bool(flags & 16))
    name = decoded(fields.take(fields.number(1 << (flags & 3))))
    if kind == 0:
        return Entry(name, fields.address())
    target = fields.take(fields.number(2))
    if kind == 1:
        return Entry(name, kind="soft", target=decoded(target))
    if kind == 64:
        file_name, _, path = target[1:].partition(b"\0")
        return Entry(name, kind="external", target=f"{decoded(file_name)}:{decoded(path)}")
    raise NotUnderstood(f"a link of kind {kind}")


def _dense(file: File, heap: int, index: int) -> Iterator[Entry]:
    if heap == file.undefined:
        return
    objects = FractalHeap(file, heap)
    for record in btree.version_2(file, index):
        yield _link(file, objects.get(record[4:]))
