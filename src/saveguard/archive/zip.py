"""The members of a zip archive: by its directory as `zipfile` sees it, or without one."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from saveguard.archive.budget import Damaged, Meter, OverBudget
from saveguard.archive.source import Source
from saveguard.facts import Member

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64, _LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_COMMENT = 1 << 16
_FIRST_BLOCK, _BLOCK = 1 << 8, 1 << 20
_ENCRYPTED, _STREAMED, _UTF8 = 1, 8, 0x800
_SYMLINK = 0o120000
STORED, DEFLATED = 0, 8


class Entry(msgspec.Struct, frozen=True):
    """A member, and how it is packed (the number of the method)."""

    member: Member
    method: int


class Listing(msgspec.Struct):
    """The members of an archive, and what is wrong with its structure."""

    entries: list[Entry] = msgspec.field(default_factory=list)
    damage: str = ""
    over: OverBudget | None = None


def listing(source: Source, meter: Meter) -> Listing:
    """The members of the zip archive in a window, as far as the budget goes.

    Of several members of one name all but the last are marked as duplicates of it: `zipfile`, and
    with it Keras, reads the last.
    """
    found = Listing()
    try:
        found.entries += _by_directory(source, meter)
    except OverBudget as error:
        found.over = error
    except (Damaged, struct.error) as error:
        found.damage = f"BadZipFile: {error}"
        found.entries.clear()
        try:
            found.entries += _by_headers(source, meter)
        except OverBudget as over:
            found.over = over
    last = {entry.member.name: index for index, entry in enumerate(found.entries)}
    for index, entry in enumerate(found.entries):
        if last[entry.member.name] != index:
            member = msgspec.structs.replace(entry.member, duplicate=True)
            found.entries[index] = msgspec.structs.replace(entry, member=member)
    return found


def _end(source: Source) -> tuple[int, int, int]:
    """(entries, bytes, offset) of the central directory, and where its end record lies."""
    tail = max(source.size - 22 - _COMMENT, 0)
    content = source.upto(tail, 22 + _COMMENT)
    at = len(content) - 22
    if at < 0 or content[at : at + 4] != END or content[-2:] != b"\0\0":
        at = content.rfind(END)
    if at < 0 or at + 22 > len(content):
        raise Damaged("File is not a zip file")
    size, offset = struct.unpack_from("<LL", content, at + 12)
    end = tail + at
    if end >= 20 and source.read(end - 20, 4) == _LOCATOR64:
        record = source.read(end - 76, 56) if end >= 76 else b""
        if record[:4] == _END64:
            size, offset = struct.unpack_from("<QQ", record, 40)
            end -= 76
    return size, offset, end


def _by_directory(source: Source, meter: Meter) -> Iterator[Entry]:
    size, offset, end = _end(source)
    # Bytes before the archive shift all of its offsets, as in `zipfile`.
    shift = end - size - offset
    if shift < 0:
        raise Damaged("Bad offset for central directory")
    at, stop = offset + shift, offset + shift + size
    while at < stop:
        head = source.read(at, 46)
        if not head.startswith(CENTRAL):
            raise Damaged("Bad magic number for central directory")
        meter.spend("members")
        name, extra, comment = struct.unpack_from("<3H", head, 28)
        tail = source.read(at + 46, name + extra)
        yield _entry(source, shift, head, tail[:name], tail[name:])
        at += 46 + name + extra + comment


def _entry(source: Source, shift: int, head: bytes, name: bytes, extra: bytes) -> Entry:
    flags, method = struct.unpack_from("<HH", head, 8)
    crc, stored, size = struct.unpack_from("<LLL", head, 16)
    mode, header = struct.unpack_from("<LL", head, 38)
    size, stored, header = _in_64_bits(extra, size, stored, header)
    local, offset = _local(source, shift + header)
    called, own = _name(name, flags), "" if local is None else _name(local, flags)
    return Entry(
        Member(
            name=called,
            size=size,
            stored=stored,
            offset=offset,
            compressed=method != STORED,
            crc=crc,
            link=(mode >> 16) & 0o170000 == _SYMLINK,
            encrypted=bool(flags & _ENCRYPTED),
            local_name="" if own == called else own,
        ),
        method,
    )


def _in_64_bits(extra: bytes, *fields: int) -> list[int]:
    """The fields, with those that did not fit into 32 bits from the extra field."""
    found, at = list(fields), 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            content, taken = extra[at + 4 : at + 4 + length], 0
            for index, field in enumerate(found):
                if field == 0xFFFFFFFF and taken + 8 <= len(content):
                    found[index] = struct.unpack_from("<Q", content, taken)[0]
                    taken += 8
            break
        at += 4 + length
    return found


def _local(source: Source, header: int) -> tuple[bytes | None, int]:
    """The name in a member's own header, and where its bytes begin; (None, -1) if damaged."""
    head = source.upto(header, 30)
    if len(head) < 30 or not head.startswith(LOCAL):
        return None, -1
    name, extra = struct.unpack_from("<HH", head, 26)
    return source.upto(header + 30, name), header + 30 + name + extra


def _name(name: bytes, flags: int) -> str:
    """As `zipfile` reads it, to the first NUL; bytes that are no UTF-8 are told as such."""
    text = name.decode("utf-8", "backslashreplace") if flags & _UTF8 else name.decode("cp437")
    return text.split("\0", 1)[0]


def _by_headers(source: Source, meter: Meter) -> Iterator[Entry]:
    """The members that their own headers show, where the directory is missing."""
    at = _next(source, 0)
    while at >= 0:
        head = source.upto(at, 30)
        if len(head) < 30:
            return
        meter.spend("members")
        entry, at = _by_header(source, at, head)
        yield entry


def _by_header(source: Source, at: int, head: bytes) -> tuple[Entry, int]:
    """The member whose header lies at `at`, and where the next header lies (-1: nowhere)."""
    flags, method = struct.unpack_from("<HH", head, 6)
    crc, stored, size, name, extra = struct.unpack_from("<LLLHH", head, 14)
    tail = source.upto(at + 30, name + extra)
    size, stored = _in_64_bits(tail[name:], size, stored)
    begin = at + 30 + name + extra
    after = begin + stored
    if (flags & _STREAMED and not stored) or source.upto(after, 2) not in (b"PK", b""):
        # Its header was written before its bytes were known.
        after = _next(source, begin)
        stored = (after if after >= 0 else source.size) - begin
        size = stored if method == STORED else size
    else:
        after = _next(source, after)
    member = Member(
        name=_name(tail[:name], flags),
        size=size,
        stored=stored,
        offset=begin,
        compressed=method != STORED,
        crc=crc,
        encrypted=bool(flags & _ENCRYPTED),
    )
    return Entry(member, method), after


def _next(source: Source, at: int) -> int:
    """Where the next header begins, of a member or of the directory's entry (-1: nowhere)."""
    length = _FIRST_BLOCK
    while at < source.size:
        block = source.upto(at, length)
        found = block.find(LOCAL)
        if found >= 0:
            return at + found
        at += max(len(block) - 3, 1)
        length = min(2 * length, _BLOCK)
    return -1


def has_end(source: Source) -> bool:
    """Whether a zip archive ends here, whatever it begins with.

    Programs that handle zip archives have the signature of the end in them, too.
    """
    try:
        size, _offset, end = _end(source)
        return size == 0 or source.read(end - size, 4) == CENTRAL
    except (Damaged, struct.error):
        return False
