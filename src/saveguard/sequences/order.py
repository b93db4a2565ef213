"""Which sequences make which batch, and in which order batches are made and handed out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Sequences, batch behind batch: those of one bucket that are made together lie together.

    Attributes:
        rows: The sequences of all batches.
        ends: Where each batch ends in `rows`.
        buckets: The bucket of each batch.
        turns: Which batch is handed out when, a permutation of every stretch; None: as they lie.
        size: The sequences of a whole batch.
        stretch: So many batches are made together.
    """

    rows: Any
    ends: Any
    buckets: Any
    turns: Any
    size: int
    stretch: int

    @property
    def sizes(self) -> Any:
        """The sequences of each batch."""
        return np.diff(self.ends, prepend=0)

    def of(self, first: int, last: int) -> Any:
        """The sequences of batches that lie behind each other."""
        return self.rows[self._begin(first) : self.ends[last - 1]]

    def runs(self, first: int, last: int) -> Iterator[tuple[int, slice]]:
        """Of these, those of one bucket: the bucket, and where in `of` they lie."""
        buckets, ends = self.buckets[first:last], self.ends[first:last] - self._begin(first)
        marks = np.append(np.flatnonzero(np.diff(buckets)), len(buckets) - 1)
        begin = 0
        for bucket, end in zip(buckets[marks].tolist(), ends[marks].tolist(), strict=True):
            yield bucket, slice(begin, end)
            begin = end

    def _begin(self, batch: int) -> int:
        return int(self.ends[batch - 1]) if batch else 0


def ordered(of: Any, size: int, together: int, generator: np.random.Generator | None) -> Order:
    """Batches of the sequences of each bucket.

    Args:
        of: The bucket of each sequence.
        size: Sequences of a batch.
        together: So many sequences, about, are made together.
        generator: Of the shuffle. None leaves the order: a batch comes when its last sequence does.
    """
    rows, counts = np.argsort(of, kind="stable"), np.bincount(of)
    ends, buckets = _cut(counts, size)
    begins = np.concatenate([[0], ends[:-1]])
    if generator is None:
        given = np.argsort(rows[ends - 1], kind="stable")
    else:
        for bucket in np.split(rows, np.cumsum(counts)[:-1]):
            generator.shuffle(bucket)
        given = generator.permutation(len(ends))
    stretch = max(together // size, 1)
    # Of a run, at most the last batch is not whole.
    part, stretches = (ends - begins)[given] < size, np.arange(len(given)) // stretch
    made = np.lexsort((part, buckets[given], stretches))
    batches = given[made]
    begins, ends = begins[batches], ends[batches]
    # Batches that lay behind each other and still do are brought together.
    marks = np.flatnonzero(begins[1:] != ends[:-1])
    firsts, lasts = begins[np.append(0, marks + 1)], ends[np.append(marks, -1)]
    parts = [rows[first:last] for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]
    return Order(
        rows=np.concatenate(parts),
        ends=np.cumsum(ends - begins),
        buckets=buckets[batches],
        turns=None if generator is None else np.argsort(made),
        size=size,
        stretch=stretch,
    )


def _cut(counts: Any, size: int) -> tuple[Any, Any]:
    """Where batches of `size` sequences end, bucket behind bucket, and the bucket of each."""
    batches = -(-counts // size)
    buckets = np.repeat(np.arange(len(counts)), batches)
    until = np.cumsum(counts)
    first = np.cumsum(batches) - batches
    number = np.arange(len(buckets)) - first[buckets] + 1
    return np.minimum((until - counts)[buckets] + number * size, until[buckets]), buckets
