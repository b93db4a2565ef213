"""What the values of the arrays are: the only part of a check that reads them."""

from __future__ import annotations

import msgspec

from saveguard.archive.budget import Damaged, NotUnderstood, OverBudget
from saveguard.facts import ArchiveFacts, StoredArray, Unread

_READ = ("weight", "optimizer")


def measured(facts: ArchiveFacts) -> ArchiveFacts:
    """The same facts, with what the values of weights and optimizer variables are.

    An array that cannot be read is added to `unread`.
    """
    arrays, unread = [], list(facts.unread)
    for array in facts.arrays:
        try:
            arrays.append(_measured(array) if _is_float(array) else array)
        except (Damaged, NotUnderstood, OverBudget, OSError) as error:
            arrays.append(array)
            unread.append(Unread(what=array.path, why=str(error), kind=_kind(error)))
    return msgspec.structs.replace(facts, arrays=tuple(arrays), unread=tuple(unread))


def _kind(error: Exception) -> str:
    if isinstance(error, OverBudget):
        return "budget"
    return "unknown" if isinstance(error, NotUnderstood) else "damage"


def _is_float(array: StoredArray) -> bool:
    return array.role in _READ and "float" in array.dtype and array.count > 0


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
