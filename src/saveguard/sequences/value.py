"""The padding value: one that no real step has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.sequences.flat import Flat

# Steps that are compared at once, so that what is compared stays in the cache.
_STEPS = 1 << 18


def taken(held: Flat, value: Any) -> tuple[int, int]:
    """How many steps consist of `value` alone, and the first of them (-1: none).

    These are the steps that a layer that masks would skip.
    """
    count, first = 0, -1
    for start in range(0, len(held.values), _STEPS):
        same = held.values[start : start + _STEPS] == value
        if same.ndim > 1:
            same = same.reshape(len(same), -1).all(axis=1)
        found = int(np.count_nonzero(same))
        if found and first < 0:
            first = start + int(np.argmax(same))
        count += found
    return count, first


def free(held: Flat) -> Any:
    """A value that no step consists of: 0 if it can be, then -1, ...; None where all are taken."""
    for value in candidates(held.values):
        if not taken(held, value)[0]:
            return value
    return None


def fits(value: Any, dtype: Any) -> bool:
    """Whether an array of `dtype` holds exactly `value`."""
    if dtype.kind in "OUS":
        return isinstance(value, (str, bytes, int, float)) or value is None
    if isinstance(value, (str, bytes)):
        return False
    try:
        with np.errstate(all="ignore"):
            held = np.asarray(value).astype(dtype)
    except (TypeError, ValueError, OverflowError):
        return False
    near = dtype.kind in "fcV" and bool(np.isfinite(held.astype(np.complex128)))
    return near or bool(held == value) or bool(value != value)


def candidates(values: Any) -> Iterator[Any]:
    """Values to pad with, as the field uses them first, of the dtype of `values`."""
    dtype = values.dtype
    if dtype.kind in "OUS":
        first = values.flat[0] if values.size else ""
        yield from (b"", b"[PAD]") if isinstance(first, bytes) else ("", "[PAD]", "<pad>")
    elif dtype.kind in "iu":
        yield dtype.type(0)
        limits = np.iinfo(dtype)
        highest, lowest = (int(values.max()), int(values.min())) if values.size else (0, 0)
        for value in (-1, highest + 1, lowest - 1):
            if limits.min <= value <= limits.max:
                yield dtype.type(value)
        if limits.bits == 8:
            yield from np.setdiff1d(np.arange(limits.min, limits.max + 1), values)[:1].astype(dtype)
    elif dtype.kind == "b":
        yield np.False_
    elif dtype.kind in "mM":
        yield dtype.type("NaT")
    else:
        for number in (0.0, -1.0, -10.0, -100.0, -1000.0, -10000.0, 10000.0):
            yield np.asarray(number).astype(dtype)[()]
