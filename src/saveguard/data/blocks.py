"""One pass over the values of a column, in blocks that stay in the processor's cache.

Of a block that holds nothing amiss, the smallest and the largest value tell it all: NaN goes
through both, and what lies between them lies within every bound. Only other blocks are looked at
value by value, and of those no more than what the extremes leave open.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.contract.limits import limits
from saveguard.data import kinds, padding
from saveguard.data.expected import Expected
from saveguard.data.flat import Array, Flat
from saveguard.data.notes import Notes
from saveguard.data.summary import Number

# Values of a block: 256 KB of float32.
BLOCK = 1 << 17
# As many wrong values of a block wait until all blocks are done, so that they are noted at once.
_FEW = 256
_ALL: Array = np.True_  # type: ignore[assignment]


class Pass:
    """The values of one column of a batch, the extremes so far, and what was seen.

    Args:
        flat: The column.
        expected: What is due.
        notes: Where what was seen is noted.
    """

    def __init__(self, flat: Flat, expected: Expected, notes: Notes) -> None:
        self.flat, self.notes = flat, notes
        self.begins = self.given = flat.begins
        self.values = flat.values
        self.there: Array | None = None
        self._without_nulls()
        self.low: Number | None = None
        self.high: Number | None = None
        self.expected = expected
        self.cast = limits(self.values.dtype.name, expected.dtype) if expected.dtype else None
        self.pad = padding.value(expected.pad, self.values.dtype)
        self.wrong: dict[str, list[Array]] = {}

    def _without_nulls(self) -> None:
        """Nulls among the values are noted, and left out; `there` knows where the others stood."""
        null = self.flat.nulls[-1] if self.flat.nulls else None
        if null is None:
            return
        if self.flat.levels:
            where = np.flatnonzero(null)
            rows = np.searchsorted(self.begins, where, side="right") - 1
            self.notes.values(kinds.NULL_VALUE, rows, where - self.given[rows])
        self.there = np.flatnonzero(~null)
        self.begins = np.concatenate([[0], np.cumsum(~null)])[self.begins]

    def run(self) -> None:
        """Look at all blocks."""
        runs: list[padding.Runs] = []
        for first, last in self._blocks():
            begin, end = int(self.begins[first]), int(self.begins[last])
            block = self.values[begin:end]
            low, high, finite = self._extremes(block, begin)
            if low > high:
                continue
            self.low = low if self.low is None else min(low, self.low)
            self.high = high if self.high is None else max(high, self.high)
            self._bounds(block, begin, low, high, finite)
            if self.pad is not None and self.flat.levels and low <= self.pad <= high:
                runs.append(padding.find(self, first, last))
        padding.note(runs, self.notes)
        for kind, found in self.wrong.items():
            self._note(kind, np.concatenate(found))

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Stretches of whole rows with about as many values as a block; none is empty."""
        cuts = np.arange(0, len(self.values), BLOCK)
        starts = np.searchsorted(self.begins, cuts, side="right") - 1
        edges = [*starts.tolist(), len(self.begins) - 1]
        for first, last in itertools.pairwise(edges):
            if self.begins[first] < self.begins[last]:
                yield first, last

    def _extremes(self, block: Array, begin: int) -> tuple[Number, Number, Array]:
        """The smallest and the largest finite value, and which are finite; the others are noted."""
        # Adding 0 makes 0.0 of -0.0, so that the extremes do not hang on the order of blocks.
        low, high = block.min().item() + 0, block.max().item() + 0
        if math.isfinite(low) and math.isfinite(high):
            return low, high, _ALL
        nan: Array = np.isnan(block)
        self._mark(kinds.NAN, nan, begin)
        low, high = np.fmin.reduce(block).item() + 0, np.fmax.reduce(block).item() + 0
        if math.isfinite(low) and math.isfinite(high):
            return low, high, ~nan
        finite: Array = np.isfinite(block)
        self._mark(kinds.INFINITE, ~(finite | nan), begin)
        some = block[finite]
        if not len(some):
            return math.inf, -math.inf, finite
        return some.min().item() + 0, some.max().item() + 0, finite

    def _bounds(self, block: Array, begin: int, low: Number, high: Number, finite: Any) -> None:
        """Note what lies outside of the bounds, and what a cast to the input's dtype changes."""
        least, most = self.expected.low, self.expected.high
        if (least is not None and low < least) or (most is not None and high > most):
            real = finite if self.pad is None else finite & (block != self.pad)
            self._mark(kinds.OUTSIDE, _beyond(block, least, most) & real, begin)
        if self.cast is None:
            return
        changed: Any = (block != np.trunc(block)) if self.cast.whole else False
        if low < self.cast.low or high > self.cast.high:
            changed = changed | _beyond(block, self.cast.low, self.cast.high)
        if changed is not False:
            self._mark(kinds.CAST, changed & finite, begin)

    def _mark(self, kind: str, wrong: Array, begin: int) -> None:
        """Which values of a block, that begins at `begin`, are wrong; if few, noted at the end."""
        where = np.flatnonzero(wrong) + begin
        if len(where) > _FEW:
            self._note(kind, where)
        elif len(where):
            self.wrong.setdefault(kind, []).append(where)

    def _note(self, kind: str, where: Array) -> None:
        rows = np.searchsorted(self.begins, where, side="right") - 1
        self.notes.values(kind, rows, self.at(where, rows), self.values[where])

    def at(self, where: Array, rows: Array) -> Array:
        """Where in its row each value stands, nulls counted; -1 for rows that are one value."""
        if not self.flat.levels:
            return np.full(len(where), -1)
        there = where if self.there is None else self.there[where]
        return there - self.given[rows]


def _beyond(block: Array, low: Number | None, high: Number | None) -> Array:
    below: Any = False if low is None else block < low
    found: Array = below | (False if high is None else block > high)
    return found
