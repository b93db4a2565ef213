"""What the values of the arrays are: the only part of a check that reads them."""

from __future__ import annotations

import os

import msgspec

from saveguard.archive.budget import Damaged, NotUnderstood, OverBudget
from saveguard.facts import ArchiveFacts, StoredArray, Unread

_READ = ("weight", "optimizer")
_BLOCK = 1 << 20
# A little-endian float has its sign and the head of its exponent in its last byte. Where none of
# these is there, every value is finite; NumPy, which is slow to import, need not be asked.
_HALF = bytes(sign | 0x7C | part for sign in (0, 0x80) for part in range(4))
_LAST = {
    "float16": (2, _HALF),
    "bfloat16": (2, b"\x7f\xff"),
    "float32": (4, b"\x7f\xff"),
    "float64": (8, b"\x7f\xff"),
}


def measured(facts: ArchiveFacts) -> ArchiveFacts:
    """The same facts, with what the values of weights and optimizer variables are.

    An array that cannot be read is added to `unread`.
    """
    arrays, unread = [], list(facts.unread)
    told = {part.what for part in unread}
    for array in facts.arrays:
        try:
            arrays.append((_finite(array) or _measured(array)) if _is_float(array) else array)
        except (Damaged, NotUnderstood, OverBudget, OSError) as error:
            arrays.append(array)
            if array.path not in told:
                unread.append(Unread(what=array.path, why=str(error), kind=_kind(error)))
    return msgspec.structs.replace(facts, arrays=tuple(arrays), unread=tuple(unread))


def _kind(error: Exception) -> str:
    if isinstance(error, OverBudget):
        return "budget"
    return "unknown" if isinstance(error, NotUnderstood) else "damage"


def _is_float(array: StoredArray) -> bool:
    return array.role in _READ and "float" in array.dtype and array.count > 0


def _finite(array: StoredArray) -> StoredArray | None:
    """What its values are, where that shows in some of their bytes: all of them finite.

    None for an array that does not lie there in one piece, or has a value beyond 1e38: its
    values must be looked at.
    """
    if array.offset < 0 or array.dtype not in _LAST:
        return None
    width, suspicious = _LAST[array.dtype]
    content = bytearray(min(_BLOCK, array.count * width))
    zero = True
    descriptor = os.open(array.source, os.O_RDONLY)
    try:
        for at in range(0, array.count * width, _BLOCK):
            del content[array.count * width - at :]
            if os.preadv(descriptor, [content], array.offset + at) != len(content):
                raise Damaged(f"the file ends before byte {array.offset + at + len(content)}")
            last = content[width - 1 :: width]
            if any(byte in last for byte in suspicious):
                return None
            # Most arrays show it by their first bytes, and none that is not zero is counted.
            zero = zero and not any(content[:64]) and content.count(0) == len(content)
    finally:
        os.close(descriptor)
    return msgspec.structs.replace(array, nan=0, infinite=0, zero=zero)


def _measured(array: StoredArray) -> StoredArray:
    import numpy as np

    from saveguard.archive.values import blocks

    nan = infinite = 0
    read, zero = 0, True
    with np.errstate(all="ignore"):
        for block in blocks(array):
            read += block.size
            zero = zero and not block.any()
            # One pass where all is well: a sum is finite only if every value is.
            if not np.isfinite(block.sum()):
                nan += int(np.isnan(block).sum())
                infinite += int(np.isinf(block).sum())
    if not read:
        return array
    return msgspec.structs.replace(array, nan=nan, infinite=infinite, zero=zero)
