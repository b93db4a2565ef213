"""Sequences from one array into the rows of another, without a loop over rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from saveguard.sequences.flat import Flat, take

# Rows whose steps stay in the cache while sequences of one length after the other are copied.
NEAR = 1 << 16
# Rows that are copied at once: what is gathered on the way stays in the cache.
_ROWS = 1 << 15
# The longest sequence of a class is at most 18 % longer than its shortest.
_CLASSES = 6


def scatter(held: Flat, out: Any, side: str, value: Any) -> None:
    """Write each sequence into its row of `out`, shape (rows, width, ...), filled with `value`.

    Sequences of one length, or nearly one, are one copy: so many steps are seen as one element of
    that many bytes, at every step of `values` and in every row of `out`, and NumPy copies such
    elements.
    """
    if held.values.dtype == object:
        _by_row(held, out, side)
    elif out.size and side == "pre":
        _by_length(held, out, side)
    elif out.size:
        for first in range(0, len(out), NEAR):
            rows = slice(first, first + NEAR)
            _by_class(take(held, rows), out[rows], value)


def _by_class(held: Flat, out: Any, value: Any) -> None:
    """Sequences of nearly one length together: each first cut out of `values`, and padded."""
    classes = (np.log(np.maximum(held.lengths, 0.5)) * _CLASSES + 5).astype(np.uint8)
    order = np.argsort(classes, kind="stable")
    step, width = out.strides[1], out.shape[1]
    for group in np.split(order, np.flatnonzero(np.diff(classes[order])) + 1):
        some = take(held, group)
        most = int(some.lengths.max())
        found = gather(some, most, value) if most else None
        if found is not None:
            block = np.dtype((np.void, most * step))
            target: Any = np.ndarray((len(out),), block, out, strides=(width * step,))
            target[group] = np.ndarray((len(group),), block, found)


def _by_length(held: Flat, out: Any, side: str) -> None:
    """Sequences of one length together."""
    step = out.strides[1]
    narrow = held.lengths.astype(np.uint16) if out.shape[1] < 1 << 16 else held.lengths
    order = np.argsort(narrow, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(held.lengths[order])) + 1)
    for group in groups:
        length = int(held.lengths[group[0]])
        if length:
            _copy(held, out, group, length, step, side)


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
    past = np.arange(least, width) >= lengths[:, None]
    inner = (1,) * (values.ndim - 1)
    np.copyto(out[:, least:], value, where=past.reshape(*past.shape, *inner))
    for row in np.flatnonzero(held.starts > last):
        start, length = held.starts[row], lengths[row]
        out[row, :length], out[row, length:] = values[start : start + length], value
    return out


def _copy(held: Flat, out: Any, group: Any, length: int, step: int, side: str) -> None:
    block = np.dtype((np.void, length * step))
    count = len(held.values) - length + 1
    source: Any = np.ndarray((count,), block, held.values, strides=(step,))
    width = out.shape[1]
    offset = (width - length) * step if side == "pre" else 0
    target: Any = np.ndarray((len(out),), block, out, offset=offset, strides=(width * step,))
    for first in range(0, len(group), _ROWS):
        rows = group[first : first + _ROWS]
        target[rows] = source[held.starts[rows]]


def _by_row(held: Flat, out: Any, side: str) -> None:
    """Objects have no bytes to copy."""
    for row, (start, length) in enumerate(zip(held.starts, held.lengths, strict=True)):
        at = slice(out.shape[1] - length, None) if side == "pre" else slice(0, length)
        out[row, at] = held.values[start : start + length]
