"""A `.npz` archive of arrays: only the headers are read, nothing is unpickled."""

from __future__ import annotations

import re

from saveguard.archive import parts
from saveguard.archive.budget import UNREADABLE, Damaged, NotUnderstood
from saveguard.archive.draft import Draft
from saveguard.archive.source import Source
from saveguard.archive.zip import STORED, Entry, listing
from saveguard.facts import StoredArray

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 16
_DESCRIPTION = re.compile(rb"'descr':\s*'([<>|=]?)([a-zA-Z])(\d*)'")
_SHAPE = re.compile(rb"'shape':\s*\(([\d,\s]*)\)")
_KINDS = {"f": "float", "i": "int", "u": "uint", "c": "complex"}


def read(draft: Draft, source: Source, member: str) -> None:
    """Add the arrays of the `.npz` archive in a window.

    Args:
        member: What the window is in its archive; empty where it is the archive.
    """
    found = listing(source, draft.meter)
    if found.damage:
        draft.damaged(f"{found.damage}: {member}" if member else found.damage)
    if found.over:
        draft.leave(member or "members", found.over)
    for entry in found.entries:
        name = entry.member.name
        try:
            draft.meter.spend("objects")
            draft.arrays.append(_array(draft, source, member, entry))
        except UNREADABLE as error:
            draft.leave(f"{member}: {name}" if member else name, error)


def _array(draft: Draft, source: Source, member: str, entry: Entry) -> StoredArray:
    """An array by its header; objects (which NumPy would unpickle) are told as `object`."""
    start = b""
    for block in parts.blocks(source, entry, draft.meter.budget.unpacked, draft.meter):
        start += block
        if len(start) >= 12 + _LONGEST_HEADER:
            break
    if not start.startswith(_MAGIC) or len(start) < 12:
        raise Damaged("it is no array of NumPy")
    wide = start[6] > 1
    begin = 12 if wide else 10
    length = int.from_bytes(start[8:begin], "little")
    header = start[begin : begin + length]
    described, shape = _DESCRIPTION.search(header), _SHAPE.search(header)
    if not shape or length > _LONGEST_HEADER:
        raise NotUnderstood("the header of an array")
    dtype = _dtype(described)
    plain = entry.method == STORED and described is not None and described[1] != b">"
    plain = plain and b"'fortran_order': False" in header and dtype not in ("object", "string")
    at = source.start + entry.member.offset + begin + length
    return StoredArray(
        path=entry.member.name.removesuffix(".npy"),
        member=member,
        shape=tuple(int(part[:20]) for part in shape[1].split(b",") if part.strip()),
        dtype=dtype,
        role="optimizer" if entry.member.name.startswith("optimizer") else "weight",
        stored=entry.member.stored,
        offset=at if plain and source.path else -1,
        source=source.path,
    )


def _dtype(described: re.Match[bytes] | None) -> str:
    if described is None:
        return "void"
    kind, size = described[2].decode(), int(described[3][:9] or b"0")
    if kind == "O":
        return "object"
    if kind in "SUa":
        return "string"
    if kind in ("b", "?"):
        return "bool"
    return f"{_KINDS[kind]}{8 * size}" if kind in _KINDS and size <= 16 else "void"
