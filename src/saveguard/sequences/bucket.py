"""Sequences in batches of nearly equal lengths, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Unpack

import msgspec
import numpy as np

from saveguard.finding import Report
from saveguard.sequences import sources
from saveguard.sequences import widths as choice
from saveguard.sequences.pad import Options, Plan, Side, prepare, write
from saveguard.sequences.padded import mask

# Rows of one bucket that are padded at once; batches are views of them.
_BLOCK = 1 << 15
# Rows that lie close together, so that their steps are read together.
_NEAR = 1 << 16


class Batch(msgspec.Struct, frozen=True, eq=False):
    """One batch of sequences of nearly equal lengths.

    Attributes:
        values: Shape (rows, width, ...).
        lengths: Real steps of each row.
        rows: Which of the given sequences each row is.
        others: These rows of what was given beside the sequences: targets, weights.
    """

    values: Any
    lengths: Any
    rows: Any
    others: tuple[Any, ...]
    side: Side

    @property
    def mask(self) -> Any:
        """True where a step is real; see `Padded.mask`."""
        return mask(self.lengths, self.values.shape[1], self.side)


class Buckets(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Sequences that are padded a batch at a time; iterating it gives each `Batch`.

    Attributes:
        plan: The sequences, without padding.
        widths: The widths to which they are padded, ascending.
        batches: Of each batch its width and its sequences.
        order: The sequences of all batches, one batch behind the other.
        others: What was given beside the sequences.
        waste_before: The part of one padded array that would be padding.
        waste: The part that is, in these batches.
    """

    plan: Plan
    widths: Any
    batches: tuple[tuple[int, Any], ...]
    order: Any
    others: tuple[Any, ...]
    waste_before: float
    waste: float

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Batch]:
        first = begin = 0
        while first < len(self.batches):
            width, count, last = self._block(first)
            block = write(self.plan, width, self.order[begin : begin + count])
            values, lengths, of = block.values, block.lengths, block.rows
            at, side, others = 0, self.plan.side, ()
            for _, chosen in self.batches[first:last]:
                end = at + len(chosen)
                given = of[at:end]
                if self.others:
                    others = tuple([other[given] for other in self.others])
                yield Batch(values[at:end], lengths[at:end], given, others, side)
                at = end
            first, begin = last, begin + count

    def __getitem__(self, index: int) -> Batch:
        width, rows = self.batches[index]
        made = write(self.plan, width, rows)
        others = tuple([other[made.rows] for other in self.others])
        return Batch(made.values, made.lengths, made.rows, others, made.side)

    @property
    def report(self) -> Report:
        """What was found, and what the buckets save."""
        told = (
            *self.plan.told,
            f"{len(self.batches):,} batches of {len(self.widths)} widths:"
            f" {self.waste:.1%} of the steps are padding, in one array {self.waste_before:.1%}",
        )
        return Report(subject="sequences", findings=self.plan.findings, read=told)

    def to_keras(self) -> Any:
        """The batches as a `keras.utils.PyDataset`: `fit(dataset)` gets values and others."""
        from saveguard.sequences.feeds import keras_dataset

        return keras_dataset(self)

    def to_tf_data(self) -> Any:
        """The batches as a `tf.data.Dataset`: values alone, or a tuple of values and others."""
        from saveguard.sequences.feeds import tf_dataset

        return tf_dataset(self)

    def _block(self, first: int) -> tuple[int, int, int]:
        """Batches of one width that follow each other: the width, how many rows, the next batch."""
        width, count, last = self.batches[first][0], 0, first
        while last < len(self.batches) and self.batches[last][0] == width and count < _BLOCK:
            count += len(self.batches[last][1])
            last += 1
        return width, count, last


def bucket(
    sequences: Any,
    *others: Any,
    batch_size: int = 32,
    buckets: int = 16,
    widths: Collection[int] | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    multiple_of: int = 1,
    **options: Unpack[Options],
) -> Buckets:
    """Put sequences of nearly equal lengths into batches, each padded to its bucket's width.

    Args:
        sequences: As for `saveguard.pad`.
        others: Arrays of as many rows, which are taken along: targets, weights.
        batch_size: Sequences of a batch; the last one of a bucket may have fewer.
        buckets: How many widths at most; with each a compiled model is compiled once more.
        widths: The widths, where they are not to be chosen; the largest must hold every sequence.
        shuffle: Shuffle the sequences within buckets, and the batches, by `seed`; else the
            sequences of a bucket keep their order, and what is no whole batch comes last.
        multiple_of: Widths are rounded up to a multiple of it.
        options: `value`, `side`, `max_length`, `truncate`, `empty`, `dtype` and `accept` of
            `saveguard.pad`.

    Raises:
        SaveguardError: As `saveguard.pad` does.
        ValueError: If `others` have other numbers of rows, or no width holds a sequence.
    """
    held = sources.read(sequences)
    count = len(held.lengths)
    for other in others:
        if len(other) != count:
            raise ValueError(f"{count:,} sequences, but {len(other):,} rows beside them")
    plan = prepare(held, options)
    lengths = plan.held.lengths
    chosen = _given(widths, lengths) if widths else choice.choose(lengths, buckets, multiple_of)
    order, batches = _batches(lengths, chosen, batch_size, seed if shuffle else False)
    steps, real = sum(width * len(rows) for width, rows in batches), int(lengths.sum())
    return Buckets(
        plan=plan,
        widths=chosen,
        batches=tuple(batches),
        order=order,
        others=tuple(map(np.asarray, others)),
        waste_before=1 - real / (max(int(lengths.max()), 1) * len(lengths)),
        waste=1 - real / steps,
    )


def _index(widths: Any, lengths: Any) -> Any:
    """The bucket of each sequence: the first that is wide enough."""
    if widths[-1] < 1 << 20:
        return np.searchsorted(widths, np.arange(widths[-1] + 1)).astype(np.uint16)[lengths]
    return np.searchsorted(widths, lengths).astype(np.uint16)


def _given(widths: Collection[int], lengths: Any) -> Any:
    longest, widest = int(lengths.max()), max(widths)
    if longest > widest:
        raise ValueError(f"a sequence has {longest:,} steps, the largest width is {widest:,}")
    return np.asarray(sorted(widths))


def _batches(lengths: Any, widths: Any, size: int, seed: Any) -> tuple[Any, list[tuple[int, Any]]]:
    """All rows in order, and the width and the rows of each batch.

    Args:
        seed: False leaves the order that was given.
    """
    of = _index(widths, lengths)
    found: list[tuple[int, Any]] = []
    if seed is False:
        groups, at = list(_in_order(of, size)), 0
        order = np.concatenate([rows for _, rows in groups])
        for bucket, rows in groups:
            found += _split(int(widths[bucket]), order[at : at + len(rows)], size)
            at += len(rows)
        return order, found
    generator = np.random.default_rng(seed)
    for bucket, rows in _by_bucket(of, 0):
        found += _split(int(widths[bucket]), generator.permutation(rows), size)
    found = [found[index] for index in generator.permutation(len(found))]
    return np.concatenate([rows for _, rows in found]), found


def _in_order(of: Any, size: int) -> Iterator[tuple[int, Any]]:
    """Whole batches of each bucket, some rows after others, and what is left of each at the end.

    Rows that are read together lie close together, which is several times as fast.
    """
    left: dict[int, Any] = {}
    for first in range(0, len(of), _NEAR):
        for bucket, rows in _by_bucket(of[first : first + _NEAR], first):
            held = np.concatenate([left.pop(bucket), rows]) if bucket in left else rows
            whole = len(held) - len(held) % size
            if whole:
                yield bucket, held[:whole]
            if whole < len(held):
                left[bucket] = held[whole:]
    yield from sorted(left.items(), key=lambda pair: pair[0])


def _by_bucket(of: Any, first: int) -> list[tuple[int, Any]]:
    """The rows of each bucket, in order, counted from `first`."""
    order = np.argsort(of, kind="stable")
    groups = np.split(order + first, np.flatnonzero(np.diff(of[order])) + 1)
    return [(int(of[rows[0] - first]), rows) for rows in groups]


def _split(width: int, rows: Any, size: int) -> list[tuple[int, Any]]:
    return [(width, rows[at : at + size]) for at in range(0, len(rows), size)]
