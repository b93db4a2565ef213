"""The values of a column, looked at in blocks of whole rows.

Of a block that holds nothing amiss, the smallest and the largest value tell it all: NaN goes
through both, and what lies between them lies within every bound. The extremes of all blocks take
two calls; only other blocks are looked at value by value, neighbours together.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.contract.limits import Limits, limits
from saveguard.data import kinds, padding
from saveguard.data.expected import Expected
from saveguard.data.flat import Array, Flat
from saveguard.data.notes import Notes
from saveguard.data.summary import Number

# Values of a block, 32 KB of float32: small, so that few blocks have one of a few wrong values.
BLOCK = 1 << 13
# Blocks that are looked at together at most, so that what is computed of them stays in the cache.
_TOGETHER = 16
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
        self.cast = _cast(self.values.dtype, expected.dtype)
        self.pad = padding.value(expected.pad, self.values.dtype)
        self.wrong: dict[str, list[Array]] = {}

    def _without_nulls(self) -> None:
        """Nulls among the values are noted, and left out; `there` knows where the others stood."""
        null = self.flat.nulls[-1] if self.flat.nulls else None
        if null is None:
            return
        if self.flat.levels:
            where = null.nonzero()[0]
            rows = self.begins.searchsorted(where, side="right") - 1
            self.notes.values(kinds.NULL_VALUE, rows, where - self.given[rows])
        there = ~null
        self.there = there.nonzero()[0]
        self.begins = np.concatenate([[0], there.cumsum()])[self.begins]

    def run(self) -> None:
        """Look at all blocks."""
        if not len(self.values):
            return
        rows = self._rows()
        begins = self.begins[rows[:-1]]
        # Adding 0 makes 0.0 of -0.0, so that the extremes do not hang on the order of blocks.
        low = np.minimum.reduceat(self.values, begins) + 0
        high = np.maximum.reduceat(self.values, begins) + 0
        finite: Array = np.isfinite(low) & np.isfinite(high)
        if finite.any():
            self._extend(low[finite].min().item(), high[finite].max().item())
        for first, last in _together(~finite | self._beyond_any(low, high), rows):
            self._look(int(self.begins[first]), int(self.begins[last]))
        for kind, found in self.wrong.items():
            self._note(kind, np.concatenate(found))
        if self.pad is not None and self.flat.levels:
            may: Array = ~((low > self.pad) | (high < self.pad))
            runs = [padding.find(self, first, last) for first, last in _together(may, rows)]
            padding.note(self, runs)

    def _rows(self) -> Array:
        """The rows with which the blocks begin, and where the last one ends; none is empty."""
        cuts = np.arange(0, len(self.values) + BLOCK, BLOCK)
        rows = self.begins.searchsorted(cuts, side="right") - 1
        rows[-1] = len(self.begins) - 1
        found: Array = rows[np.concatenate([rows[1:] > rows[:-1], [True]])]
        return found

    def _extend(self, low: Number, high: Number) -> None:
        self.low = low if self.low is None else min(low, self.low)
        self.high = high if self.high is None else max(high, self.high)

    def _beyond_any(self, low: Array, high: Array) -> Array:
        """The blocks of which some value, by their extremes, is out of bounds or may be changed."""
        found: Any = False
        with np.errstate(over="ignore"):  # a bound beyond what float16 holds
            for one in (self.expected, self.cast):
                if one is not None:
                    found |= _beyond(low, one.low, None) | _beyond(high, None, one.high)
        whole: Array = found | (self.cast is not None and self.cast.whole)
        return whole

    def _look(self, begin: int, end: int) -> None:
        """Look at values one by one."""
        block = self.values[begin:end]
        low, high, finite = self._extremes(block, begin)
        if low <= high:
            self._extend(low, high)
            self._bounds(block, begin, low, high, finite)

    def _extremes(self, block: Array, begin: int) -> tuple[Number, Number, Array]:
        """The smallest and the largest finite value, and which are finite; the others are noted."""
        low, high = np.fmin.reduce(block).item() + 0, np.fmax.reduce(block).item() + 0
        finite: Array = np.isfinite(block)
        if finite.all():
            return low, high, _ALL
        nan: Array = np.isnan(block)
        self._mark(kinds.NAN, nan, begin)
        if math.isfinite(low) and math.isfinite(high):
            return low, high, finite
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
        where = wrong.nonzero()[0] + begin
        if len(where) > _FEW:
            self._note(kind, where)
        elif len(where):
            self.wrong.setdefault(kind, []).append(where)

    def _note(self, kind: str, where: Array) -> None:
        rows = self.begins.searchsorted(where, side="right") - 1
        self.notes.values(kind, rows, self.at(where, rows), self.values[where])

    def at(self, where: Array, rows: Array) -> Array:
        """Where in its row each value stands, nulls counted; -1 for rows that are one value."""
        if not self.flat.levels:
            return np.full(len(where), -1)
        there = where if self.there is None else self.there[where]
        return there - self.given[rows]


@functools.cache
def _cast(given: np.dtype[Any], wanted: str) -> Limits | None:
    return limits(given.name, wanted) if wanted else None


def _beyond(block: Array, low: Number | None, high: Number | None) -> Array:
    below: Any = False if low is None else block < low
    found: Array = below | (False if high is None else block > high)
    return found


def _together(which: Array, rows: Array) -> Iterator[tuple[int, int]]:
    """The rows of blocks that are so, from the first to before the last; neighbours together."""
    where = which.nonzero()[0].tolist()
    begin = 0
    for at, block in enumerate(where):
        last = at + 1 == len(where) or where[at + 1] != block + 1
        if last or at + 1 - begin == _TOGETHER:
            yield int(rows[where[begin]]), int(rows[block + 1])
            begin = at + 1
