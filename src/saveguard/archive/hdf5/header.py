"""Object headers: the messages that say what a group or an array is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from saveguard.archive.budget import Damaged, NotUnderstood
from saveguard.archive.hdf5.fields import Fields, File

(DATASPACE, LINK_INFO, DATATYPE, LINK, EXTERNAL, LAYOUT) = (1, 2, 3, 6, 7, 8)
(FILTERS, ATTRIBUTE, CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO) = (11, 12, 16, 17, 21)
_SHARED = 2
_BLOCKS = 1000  # continuations of one header; libhdf5 writes a few


class Message(NamedTuple):
    """One message of an object header; `at` is the address of its content."""

    kind: int
    flags: int
    content: bytes
    at: int


def messages(file: File, address: int) -> list[Message]:
    """The messages of the object header at `address`.

    Raises:
        Damaged: If there is none.
    """
    head = file.read(address, 4)
    if head == b"OHDR":
        return list(_version_2(file, address))
    if head[0] == 1:
        return list(_version_1(file, address))
    raise Damaged(f"bad object header version number at address {address}")


def _version_1(file: File, address: int) -> Iterator[Message]:
    prefix = file.fields(address, 12)
    prefix.take(2)
    left = prefix.number(2)
    prefix.take(4)
    blocks = [(address + 16, prefix.number(4))]
    for start, size in _once(blocks):
        fields = file.fields(start, size)
        while fields.left >= 8 and left:
            kind, length, flags = fields.number(2), fields.number(2), fields.number(1)
            fields.take(3)
            at = start + fields.at
            message = Message(kind, flags, fields.take(length), at)
            file.meter.spend("pieces")
            left -= 1
            if kind == CONTINUATION:
                blocks.append(_continuation(file, message))
            else:
                yield message


def _version_2(file: File, address: int) -> Iterator[Message]:
    prefix = file.fields(address, 6, b"OHDR")
    if prefix.number(1) != 2:
        raise Damaged(f"bad object header version number at address {address}")
    flags = prefix.number(1)
    skipped = 6 + 16 * bool(flags & 0x20) + 4 * bool(flags & 0x10)
    width = 1 << (flags & 3)
    start = address + skipped + width
    blocks = [(start, int.from_bytes(file.read(start - width, width), "little"))]
    for start, size in _once(blocks):
        fields = file.fields(start, size)
        while fields.left >= 4 + 2 * bool(flags & 4):
            kind, length, bits = fields.number(1), fields.number(2), fields.number(1)
            fields.take(2 * bool(flags & 4))
            at = start + fields.at
            message = Message(kind, bits, fields.take(length), at)
            file.meter.spend("pieces")
            if kind == CONTINUATION:
                where, length = _continuation(file, message)
                file.fields(where, 4, b"OCHK")
                blocks.append((where + 4, length - 8))
            else:
                yield message


def _once(blocks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Each block once; the list grows while it is read."""
    for index, block in enumerate(blocks):
        if block in blocks[:index] or index >= _BLOCKS:
            raise Damaged(f"the object header's blocks never end, at address {block[0]}")
        yield block


def _continuation(file: File, message: Message) -> tuple[int, int]:
    fields = Fields(file, message.content)
    return fields.address(), fields.length()


def resolved(file: File, message: Message) -> bytes:
    """A message's content, which may lie in another object's header: a committed datatype."""
    if not message.flags & _SHARED:
        return message.content
    return shared(file, Fields(file, message.content), message.kind)


def shared(file: File, fields: Fields, kind: int) -> bytes:
    """The content of a message that lies elsewhere, by what stands in its place."""
    version, where = fields.number(1), fields.number(1)
    if version == 1:
        fields.take(6)
    if version > 3 or (version == 3 and where != 2):
        raise NotUnderstood("a message in the table of shared messages")
    for message in messages(file, fields.address()):
        if message.kind == kind and not message.flags & _SHARED:
            return message.content
    raise Damaged("a shared message is not where it should be")
