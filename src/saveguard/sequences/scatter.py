"""Sequences from one array into the rows of another, without a loop over rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from saveguard.sequences.flat import Flat, take

# Rows whose steps stay in the cache while sequences of one class after the other are copied.
_NEAR = 1 << 14
# Steps that stay in the cache while what is behind the data is cleared.
_STEPS = 1 << 15
# A table of the real steps of rows of up to this width is small.
_TABLE = 2048
# Of a class, the longest sequence is at most half as long again as the shortest.
_CLASSES = 2


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
    if values.dtype == object or not values.size or last < 0 or 2 * least < width:
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
    bits, width, least = out.view(f"u{out.itemsize}"), out.shape[1], int(lengths.min())
    real = np.arange(width) < np.arange(least, width + 1)[:, None]
    masks = np.where(real, bits.dtype.type(np.iinfo(bits.dtype).max), bits.dtype.type(0))
    rows = max(_STEPS // width, 1)
    for first in range(0, len(bits), rows):
        some = bits[first : first + rows]
        np.bitwise_and(some, masks[lengths[first : first + rows] - least], out=some)


def _by_row(held: Flat, out: Any, side: str) -> None:
    """Objects have no bytes to copy."""
    for row, (start, length) in enumerate(zip(held.starts, held.lengths, strict=True)):
        at = slice(out.shape[1] - length, None) if side == "pre" else slice(0, length)
        out[row, at] = held.values[start : start + length]
