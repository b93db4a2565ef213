"""Values of an array that will hurt a model, held against what the contract says of its input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.contract import Input
from saveguard.facts import Suspect

# Whole numbers that a float type still holds one by one.
EXACT = {"bfloat16": 2**8, "float16": 2**11, "float32": 2**24, "float64": 2**53}
LARGEST = {"float16": 65504.0, "bfloat16": 3.3895314e38, "float32": 3.4028235e38}


def read(array: Any, described: Input) -> tuple[Suspect, ...]:
    """The suspects of an array of numbers or text, each kind at most once."""
    if array.dtype.kind not in "fiu" or not array.size:
        return ()
    found = [*_values(array, described)]
    if described.pad is not None and array.ndim > 1:
        found += _padding(array, described)
    return tuple(found)


def masked_rows(array: Any, pad: float | None) -> tuple[int, ...]:
    """The first rows in which every step is the padding value (that Masking would skip whole)."""
    if pad is None or array.ndim < 2 or array.size == 0 or array.dtype.kind not in "fiu":
        return ()
    whole = (array == pad).reshape(len(array), -1).all(axis=1)
    return tuple(int(row) for row in np.flatnonzero(whole)[:5])


def _values(array: Any, described: Input) -> Iterator[Suspect]:
    finite = None
    if array.dtype.kind == "f":
        finite = np.isfinite(array)
        if not finite.all():
            yield from _first("not-finite", ~finite, array)
    outside = _outside(array, described)
    if outside is not None and outside.any():
        padding = False if described.pad is None else array == described.pad
        yield from _first("outside", outside & ~np.asarray(padding), array)
    changed = _changed(array, described.dtype)
    if changed is not None:
        yield from _first("cast", changed if finite is None else changed & finite, array)


def _outside(array: Any, described: Input) -> Any:
    low, high = described.minimum, described.maximum
    if described.vocabulary is not None:
        low = 0 if low is None else max(low, 0)
        last = described.vocabulary - 1
        high = last if high is None else min(high, last)
    if low is None and high is None:
        return None
    below = False if low is None else array < low
    return below | (False if high is None else array > high)


def _changed(array: Any, dtype: str) -> Any:
    """Which values a cast to `dtype` changes by more than a float's rounding; None where none."""
    if dtype == array.dtype.name or not dtype:
        return None
    if "int" in dtype:
        bits = int(dtype.lstrip("uint"))
        signed = not dtype.startswith("u")
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
        beyond = (array < low) | (array > high)
        return beyond | (array != np.trunc(array)) if array.dtype.kind == "f" else beyond
    if dtype in EXACT and array.dtype.kind in "iu":
        return (array > EXACT[dtype]) | (array < -EXACT[dtype])
    if dtype in LARGEST and array.dtype.itemsize > 2:
        return (array > LARGEST[dtype]) | (array < -LARGEST[dtype])
    return None


def _padding(array: Any, described: Input) -> Iterator[Suspect]:
    """Padding between real steps, and padding on the side where the contract has none."""
    padded = array == described.pad
    padded = padded.reshape(*padded.shape[:2], -1).all(axis=2)
    real = ~padded
    before = np.logical_or.accumulate(real, axis=1)
    after = np.logical_or.accumulate(real[:, ::-1], axis=1)[:, ::-1]
    yield from _first("padding", padded & before & after, array)
    if described.side:
        leading, trailing = padded & ~before & after, padded & before & ~after
        yield from _first("side", leading if described.side == "post" else trailing, array)


def _first(kind: str, wrong: Any, array: Any) -> Iterator[Suspect]:
    flat = np.flatnonzero(wrong)
    if flat.size:
        place = tuple(int(index) for index in np.unravel_index(flat[0], wrong.shape))
        value = repr(array[place].item() if array[place].ndim == 0 else array[place].tolist())
        told = "[" + ", ".join(map(str, place)) + "]"
        yield Suspect(kind, told, place[0], value[:40], int(flat.size))
