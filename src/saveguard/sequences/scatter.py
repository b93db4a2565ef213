"""Sequences from one array into the rows of another, without a loop over rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from saveguard.sequences.flat import Flat

# Rows that are copied at once: what is gathered on the way stays in the cache.
_ROWS = 1 << 15


def scatter(held: Flat, out: Any, side: str) -> None:
    """Write each sequence into its row of `out`, shape (rows, width, ...), at its `side`.

    Sequences of one length are one copy: a length's steps are seen as one element of that many
    bytes, at every step of `values` and in every row of `out`, and NumPy copies such elements.
    """
    if held.values.dtype == object:
        _by_row(held, out, side)
        return
    step = out.strides[1]
    if not out.size or not step:
        return
    narrow = held.lengths.astype(np.uint16) if out.shape[1] < 1 << 16 else held.lengths
    order = np.argsort(narrow, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(held.lengths[order])) + 1)
    for group in groups:
        length = int(held.lengths[group[0]])
        if length:
            _copy(held, out, group, length, step, side)


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
