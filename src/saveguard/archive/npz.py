"""A `.npz` archive of arrays: only the headers are read, nothing is unpickled."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from saveguard.archive import parts
from saveguard.archive.budget import UNREADABLE, Damaged, Meter, NotUnderstood
from saveguard.archive.draft import Draft
from saveguard.archive.source import Source
from saveguard.archive.zip import STORED, Entry, listing
from saveguard.facts import StoredArray

if TYPE_CHECKING:
    import numpy as np

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 16  # what NumPy itself reads has 10,000 bytes
_FIRST_BLOCK = 1 << 10
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


def values(
    source: Source, array: StoredArray, dtype: np.dtype[Any], meter: Meter
) -> Iterator[np.ndarray[Any, Any]]:
    """The values of one array of the `.npz` archive in a window, in C order.

    Raises:
        Damaged, NotUnderstood, OverBudget: As `parts.blocks`.
    """
    import numpy as np

    name = f"{array.path}.npy"
    entries = [e for e in listing(source, meter).entries if e.member.name == name]
    if not entries:
        raise Damaged(f"no array {array.path}")
    blocks = parts.blocks(source, entries[-1], meter.budget.unpacked, meter)
    begin, header = _header(start := next(blocks, b""))
    if b"'fortran_order': False" not in header or b"'descr': '>" in header:
        raise NotUnderstood("an array in another order")
    rest = start[begin:]
    for block in itertools.chain(blocks, [b""]):
        whole = len(rest) // dtype.itemsize * dtype.itemsize
        yield np.frombuffer(rest[:whole], dtype)
        rest = rest[whole:] + block


def _header(start: bytes) -> tuple[int, bytes]:
    """Where the values of an array begin, and the header before them."""
    if not start.startswith(_MAGIC) or len(start) < 12:
        raise Damaged("it is no array of NumPy")
    begin = 12 if start[6] > 1 else 10
    end = begin + int.from_bytes(start[8:begin], "little")
    if end > _LONGEST_HEADER:
        raise NotUnderstood("the header of an array")
    return end, start[begin:end]


def _array(draft: Draft, source: Source, member: str, entry: Entry) -> StoredArray:
    """An array by its header; objects (which NumPy would unpickle) are told as `object`."""
    most = draft.meter.budget.unpacked
    blocks = parts.blocks(source, entry, most, draft.meter, step=_FIRST_BLOCK)
    start = b""
    for block in blocks:
        start += block
        if len(start) >= _LONGEST_HEADER or (len(start) > 12 and len(start) >= _header(start)[0]):
            break
    begin, header = _header(start)
    described, shape = _DESCRIPTION.search(header), _SHAPE.search(header)
    if not shape:
        raise NotUnderstood("the header of an array")
    dtype = _dtype(described)
    plain = entry.method == STORED and described is not None and described[1] != b">"
    plain = plain and b"'fortran_order': False" in header and dtype not in ("object", "string")
    return StoredArray(
        path=entry.member.name.removesuffix(".npy"),
        member=member,
        shape=tuple(int(part[:20]) for part in shape[1].split(b",") if part.strip()),
        dtype=dtype,
        role="optimizer" if entry.member.name.startswith("optimizer") else "weight",
        stored=entry.member.stored,
        offset=source.place(entry.member.offset + begin) if plain else -1,
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
