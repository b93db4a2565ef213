"""How often lengths and values occur, counted in arrays over the batches of a part.

A `Column` holds counts as pairs, of which a batch has thousands: they are made once a part.
"""

from __future__ import annotations

import numpy as np

from saveguard.data.flat import Array
from saveguard.data.summary import Column, Counts, Summary, merged

# Shorter sequences are counted one length by one.
_EXACT = 4096
# Of each part, all of the first rows and some of the rest are in the histogram of values.
_ALL, _EVERY, _SOME = 512, 4096, 64


class Tally:
    """What was counted of one column."""

    def __init__(self) -> None:
        self.lengths: list[Array] = []
        self.long: list[Counts] = []
        self.values: Array = np.zeros(0, np.intp)

    def count_lengths(self, level: int, lengths: Array, longest: int) -> None:
        """Count the sequences of an axis; of the outermost first, and none is left out."""
        if level == len(self.lengths):
            self.lengths.append(np.zeros(0, np.intp))
            self.long.append(())
        if longest >= _EXACT:
            long = lengths >= _EXACT
            self.long[level] = merged(self.long[level], _rough(lengths[long]))
            lengths = lengths[~long]
        self.lengths[level] = _added(self.lengths[level], np.bincount(lengths))

    def count_values(self, values: Array, begins: Array, row: int) -> None:
        """Finite values of a sample of rows, by the first 12 bits of their float32.

        Args:
            begins: Where each row begins among the values, and where the last one ends.
            row: The row of the part with which they begin.
        """
        if values.dtype.kind not in "fiu" or not len(values):
            return
        last = row + len(begins) - 1
        stretches = [(row, min(last, _ALL))] if row < _ALL else []
        first = max(_ALL, row - row % _EVERY)
        stretches += [(begin, min(begin + _SOME, last)) for begin in range(first, last, _EVERY)]
        chosen = [
            values[begins[max(begin, row) - row] : begins[end - row]]
            for begin, end in stretches
            if max(begin, row) < end
        ]
        if not chosen:
            return
        with np.errstate(over="ignore"):
            some = np.concatenate(chosen).astype(np.float32, copy=False)
        finite = np.isfinite(some)
        if not finite.all():
            some = some[finite]
        self.values = _added(self.values, np.bincount(some.view(np.uint32) >> 20))

    def column(self) -> Column:
        """The counts as a column's, which has nothing else."""
        return Column(
            lengths=tuple(map(_with_long, self.lengths, self.long)),
            histogram=_pairs(self.values),
            sampled=int(self.values.sum()),
        )


class Tallies(dict[str, Tally]):
    """What was counted, by column; one that is not there begins when it is asked for."""

    def __missing__(self, name: str) -> Tally:
        self[name] = Tally()
        return self[name]

    def summary(self) -> Summary:
        """The counts alone, to be added to what else was seen."""
        return Summary(columns={name: tally.column() for name, tally in self.items()})


def _added(one: Array, two: Array) -> Array:
    short, long = sorted((one, two), key=len)
    long[: len(short)] += short
    return long


def _pairs(counts: Array) -> Counts:
    where = counts.nonzero()[0]
    return tuple(zip(where.tolist(), counts[where].tolist(), strict=True))


def _with_long(counts: Array, long: Counts) -> Counts:
    return _pairs(counts) + long


def _rough(lengths: Array) -> Counts:
    """How many sequences begin each sixteenth of an octave."""
    found: dict[int, int] = {}
    for length, count in zip(*np.unique(lengths, return_counts=True), strict=True):
        shift = int(length).bit_length() - 5
        begin = int(length) >> shift << shift
        found[begin] = found.get(begin, 0) + int(count)
    return tuple(found.items())
