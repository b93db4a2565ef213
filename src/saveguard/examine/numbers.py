"""Two arrays compared number by number, never more than a few MiB of them in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from saveguard.archive.budget import Damaged
from saveguard.archive.values import blocks
from saveguard.facts import StoredArray

Array = np.ndarray[Any, Any]
_BLOCK = 1 << 20


class Numbers(NamedTuple):
    """How far the numbers of two arrays of one shape are apart; see `ArrayChange`."""

    differing: int = 0
    absolute: float = 0.0
    relative: float = 0.0
    not_numbers: int = 0


def compare(before: StoredArray, after: StoredArray) -> Numbers:
    """Compare two arrays of one shape.

    Raises:
        Damaged, NotUnderstood, OverBudget, OSError: If the values of one cannot be read.
    """
    found = Numbers()
    with np.errstate(all="ignore"):
        for one, other in _aligned(blocks(before, size=_BLOCK), blocks(after, size=_BLOCK)):
            if one.dtype != other.dtype or one.tobytes() != other.tobytes():
                found = _more(found, one, other)
    return found


def _aligned(before: Iterator[Array], after: Iterator[Array]) -> Iterator[tuple[Array, Array]]:
    """Pieces of equal length; arrays of two dtypes come in pieces of two lengths."""
    one = other = np.empty(0)
    while True:
        one = next(before, one) if not one.size else one
        other = next(after, other) if not other.size else other
        length = min(one.size, other.size)
        if not length:
            break
        yield one[:length], other[:length]
        one, other = one[length:], other[length:]
    if one.size != other.size:
        raise Damaged("fewer values are stored than its shape declares")


def _more(found: Numbers, one: Array, other: Array) -> Numbers:
    differs = one != other
    if one.dtype.kind in "fc" or other.dtype.kind in "fc":
        differs &= ~(np.isnan(one) & np.isnan(other))
    if not differs.any():
        return found
    first, second = _wide(one[differs]), _wide(other[differs])
    numbers = ~(np.isnan(first) | np.isnan(second))
    first, second = first[numbers], second[numbers]
    distance = np.abs(first - second)
    size = np.maximum(np.abs(first), np.abs(second))
    # Infinite against finite is infinitely far, also for its size.
    relative = np.where(np.isinf(size), np.inf, distance / size)
    return Numbers(
        found.differing + int(differs.sum()),
        max(found.absolute, float(distance.max(initial=0.0))),
        max(found.relative, float(relative.max(initial=0.0))),
        found.not_numbers + int((~numbers).sum()),
    )


def _wide(array: Array) -> Array:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
