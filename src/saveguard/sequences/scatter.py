"""Sequences from one array into the rows of another, without a loop over rows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from saveguard.sequences.flat import Flat, take

# Rows whose steps stay in the cache while sequences of one class after the other are copied.
_NEAR = 1 << 14
# Steps that stay in the cache while what is behind the data is cleared.
_STEPS = 1 << 17
# A table of the real steps of rows of up to this width is small, and so are so many of them.
_TABLE, _TABLES = 512, 32
# Bytes of a row that are copied as fast as a few of them.
_NARROW = 256
# Of a class, the longest sequence is at most half as long again as the shortest.
_CLASSES = 2


def in_rows(held: Flat, width: int, value: Any, side: str) -> Any:
    """The sequences in an array of shape (rows, width, ...), with `value` where no step is."""
    values = held.values
    out = gather(held, width, value) if side == "post" else None
    if out is None:
        shape = (len(held.lengths), width, *values.shape[1:])
        zero = values.dtype.kind not in "OmMV" and not value
        # Fresh pages are zero already: filling them again would touch all of the memory twice.
        out = np.zeros(shape, values.dtype) if zero else np.full(shape, value, values.dtype)
        scatter(held, out, side)
    return out


def sweep(held: Flat, rows: Any, since: int) -> int:
    """Read the steps up to those of some sequences in order, from `since` on; where that ends.

    A processor foresees what is read in order. When sequences are picked, they are in the cache.
    """
    until = int(held.starts[rows].max())
    if not held.values.dtype.hasobject and since < until:
        held.values[since:until].reshape(-1).view(np.uint8).max(initial=0)
    return max(since, until)


def scatter(held: Flat, out: Any, side: str) -> None:
    """Write each sequence into its row of `out`, shape (rows, width, ...), which holds padding.

    Sequences of about one length are two copies, of their first steps and of their last, which
    may overlap: so many steps are seen as one element of that many bytes, at every step of
    `values` and of `out`, and NumPy copies such elements.
    """
    if held.values.dtype == object:
        _by_row(held, out, side)
    elif out.size:
        for first in range(0, len(out), _NEAR):
            rows = slice(first, first + _NEAR)
            _by_class(take(held, rows), out[rows], side)


def _by_class(held: Flat, out: Any, side: str) -> None:
    """Sequences of about one length together."""
    steps, width = np.maximum(held.lengths, 1), out.shape[1]
    classes = (np.log2(steps, dtype=np.float32) * _CLASSES).astype(np.uint8)
    classes[held.lengths == 0] = np.iinfo(np.uint8).max
    order = np.argsort(classes, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(classes[order])) + 1):
        starts, lengths = held.starts[group], held.lengths[group]
        least, most = int(lengths.min()), int(lengths.max())
        places = group * width if side == "post" else (group + 1) * width - lengths
        if least:
            _copy(held.values, starts, out, places, least)
        if least < most:
            behind = lengths - (most - least)
            _copy(held.values, starts + behind, out, places + behind, most - least)


def _copy(values: Any, starts: Any, out: Any, places: Any, steps: int) -> None:
    """So many steps from each of `starts` in `values` to each of `places` in the rows of `out`."""
    step = out.strides[1]
    block, last = np.dtype((np.void, steps * step)), out.shape[0] * out.shape[1] - steps
    source: Any = np.ndarray((len(values) - steps + 1,), block, values, strides=(step,))
    target: Any = np.ndarray((last + 1,), block, out, strides=(step,))
    target[places] = source[starts]


def gather(held: Flat, width: int, value: Any) -> Any:
    """Sequences of nearly `width` steps in rows of that width, padded after the data with `value`.

    Every row is `width` steps from where its sequence begins, of which those that belong to the
    next one are overwritten: one copy for all. None where that would copy too much, or cannot be.
    """
    values, lengths = held.values, held.lengths
    last, step = len(values) - width, values.strides[0]
    least = int(lengths.min())
    wide = 2 * least < width and width * step > _NARROW
    if values.dtype == object or not values.size or last < 0 or wide:
        return None
    source: Any = np.ndarray(
        (last + 1,), np.dtype((np.void, width * step)), values, strides=(step,)
    )
    found = source[np.minimum(held.starts, last)].view(values.dtype)
    out = found.reshape(len(lengths), width, *values.shape[1:])
    if values.ndim == 1 and _is_clear(value, values.dtype) and width < min(len(lengths), _TABLE):
        _clear(out, lengths)
    else:
        past = np.arange(least, width) >= lengths[:, None]
        inner = (1,) * (values.ndim - 1)
        np.copyto(out[:, least:], value, where=past.reshape(*past.shape, *inner))
    for row in np.flatnonzero(held.starts > last):
        start, length = held.starts[row], lengths[row]
        out[row, :length], out[row, length:] = values[start : start + length], value
    return out


def _is_clear(value: Any, dtype: Any) -> bool:
    """Whether a value is nothing but zero bits, as many as a whole number has."""
    return dtype.kind in "iuf" and dtype.itemsize <= 8 and not any(dtype.type(value).tobytes())


def _clear(out: Any, lengths: Any) -> None:
    """Make zeros of what stands behind the data: all bits of real steps are kept, none of others.

    Whole rows are one stretch of memory, which is faster to go through than the end of each.
    """
    bits, width = out.view(f"u{out.itemsize}"), out.shape[1]
    masks, rows = _masks(width, bits.dtype), max(_STEPS // width, 1)
    for first in range(0, len(bits), rows):
        some = bits[first : first + rows]
        some &= np.take(masks, lengths[first : first + rows], axis=0)


@lru_cache(_TABLES)
def _masks(width: int, dtype: Any) -> Any:
    """All bits of the real steps of a row of each length up to `width`."""
    real = np.arange(width) < np.arange(width + 1)[:, None]
    return np.where(real, np.iinfo(dtype).max, 0).astype(dtype)


def _by_row(held: Flat, out: Any, side: str) -> None:
    """Objects have no bytes to copy."""
    for row, (start, length) in enumerate(zip(held.starts, held.lengths, strict=True)):
        at = slice(out.shape[1] - length, None) if side == "pre" else slice(0, length)
        out[row, at] = held.values[start : start + length]
