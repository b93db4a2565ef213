"""The bytes of a zip archive's members, unpacked where they are packed, never without a limit."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from typing import Any

from saveguard.archive.budget import (
    UNREADABLE,
    Damaged,
    Encrypted,
    Meter,
    NotUnderstood,
    OverBudget,
)
from saveguard.archive.source import Source
from saveguard.archive.zip import DEFLATED, STORED, Entry

_BLOCK = 1 << 20
_BZIP2 = 12
LARGE = 1 << 28  # bytes beyond which no weights unpack from a small fraction of that


def blocks(
    source: Source, entry: Entry, limit: int, meter: Meter, *, step: int = _BLOCK
) -> Iterator[bytes]:
    """A member's bytes, unpacked, as many as it declares.

    Args:
        step: Packed bytes that are read at a time.

    Raises:
        OverBudget: If they are more than `limit`, or grow beyond reason.
        Damaged: If they end early, or do not unpack.
        NotUnderstood: If they are packed in a way that the readers do not know, or encrypted.
    """
    if entry.member.encrypted:
        raise Encrypted("it is encrypted")
    if entry.member.offset < 0:
        raise Damaged("its header is not where the directory says")
    size, ratio = entry.member.size, meter.budget.ratio
    if size > limit:
        raise OverBudget(f"over the budget of {limit:,} bytes")
    if entry.method != STORED and size > max(ratio * entry.member.stored, LARGE):
        raise OverBudget(f"over the budget of {ratio} bytes out of each compressed byte")
    taken = 0
    for block in _unpacked(source, entry, step):
        yield block[: size - taken]
        taken += len(block)
        if taken >= size:
            return
    if taken < size:
        raise Damaged(f"it ends after {taken:,} of {size:,} bytes")


def _unpacked(source: Source, entry: Entry, step: int) -> Iterator[bytes]:
    unpack: Any = None
    if entry.method == DEFLATED:
        unpack = zlib.decompressobj(-15)
    elif entry.method == _BZIP2:
        import bz2

        unpack = bz2.BZ2Decompressor()
    elif entry.method != STORED:
        raise NotUnderstood(f"it is packed by method {entry.method}")
    start, end = entry.member.offset, entry.member.offset + entry.member.stored
    for at in range(start, end, step):
        block = source.upto(at, min(step, end - at))
        if not block:
            return
        if unpack is None:
            yield block
            continue
        try:
            yield from _inflated(unpack, block)
        except (zlib.error, OSError, EOFError, ValueError) as error:
            raise Damaged(f"it does not unpack: {error}") from error


def _inflated(unpack: Any, block: bytes) -> Iterator[bytes]:
    """What one packed block gives, in pieces of bounded size."""
    out = unpack.decompress(block, _BLOCK)
    while out:
        yield out
        if hasattr(unpack, "needs_input"):
            out = b"" if unpack.eof or unpack.needs_input else unpack.decompress(b"", _BLOCK)
        else:
            out = unpack.decompress(unpack.unconsumed_tail, _BLOCK)


def content(source: Source, entry: Entry, meter: Meter) -> tuple[bytes, Exception | None]:
    """The bytes of a member that is a document, as far as they go, and why they go no further."""
    found: bytes = b""
    why: Exception | None = None
    try:
        for block in blocks(source, entry, meter.budget.document, meter):
            found += block
        if entry.member.crc is not None and zlib.crc32(found) != entry.member.crc:
            why = Damaged(f"Bad CRC-32 for file {entry.member.name!r}")
    except UNREADABLE as error:
        why = error
    return found, why


@contextlib.contextmanager
def opened(source: Source, entry: Entry, meter: Meter) -> Iterator[Source]:
    """A member to be read at any place: where it lies, or unpacked into a temporary file.

    Raises:
        OverBudget, NotUnderstood: As `blocks`.
        Damaged: As `blocks`, after what could be unpacked was read.
    """
    if entry.method == STORED and not entry.member.encrypted and entry.member.offset >= 0:
        size = min(entry.member.stored, entry.member.size)
        yield source.window(entry.member.offset, size)
        return
    import tempfile  # slow to import, and Keras does not compress

    damage: Damaged | None = None
    with tempfile.TemporaryFile() as file:
        try:
            for block in blocks(source, entry, meter.budget.unpacked, meter):
                file.write(block)
        except Damaged as error:
            damage = error
        file.flush()
        yield Source.of(file.fileno(), source.path, unpacked=True)
    if damage is not None:
        raise damage
