"""Sequences in batches of nearly equal lengths, so that little of a batch is padding."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import repeat
from typing import Any, Unpack

import msgspec
import numpy as np

from saveguard.finding import Report
from saveguard.sequences import sources
from saveguard.sequences import widths as choice
from saveguard.sequences.flat import take
from saveguard.sequences.order import Order, ordered
from saveguard.sequences.pad import Options, Plan, Side, prepare
from saveguard.sequences.padded import mask
from saveguard.sequences.scatter import in_rows, sweep

# Values of batches that are made together, in bytes: little enough to stay in the cache.
_TOGETHER = 4 << 20


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
    """Sequences that are padded while it is iterated over; that gives each `Batch`.

    About 4 MB of batches are made at once, and no more are held than are in use.

    Attributes:
        plan: The sequences, without padding.
        widths: The widths to which they are padded, ascending.
        order: Which sequences make which batch.
        others: What was given beside the sequences.
        waste_before: The part of one padded array that would be padding.
        waste: The part that is, in these batches.
    """

    plan: Plan
    widths: Any
    order: Order
    others: tuple[Any, ...]
    waste_before: float
    waste: float

    def __len__(self) -> int:
        return len(self.order.ends)

    def __iter__(self) -> Iterator[Batch]:
        order, read = self.order, 0
        for first in range(0, len(self), order.stretch):
            last = min(first + order.stretch, len(self))
            read = sweep(self.plan.held, order.of(first, last), read)
            made = self._made(first, last)
            if order.turns is None:
                yield from made
            else:
                yield from map(list(made).__getitem__, order.turns[first:last] - first)

    def __getitem__(self, index: int) -> Batch:
        turn = range(len(self))[index] if self.order.turns is None else self.order.turns[index]
        (batch,) = self._made(int(turn), int(turn) + 1)
        return batch

    @property
    def report(self) -> Report:
        """What was found, and what the buckets save."""
        told = (
            *self.plan.told,
            f"{len(self):,} batches of {len(self.widths)} widths:"
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

    def _made(self, first: int, last: int) -> Iterator[Batch]:
        """Some batches as they lie; those of one width are views of one array."""
        plan, size, rows = self.plan, self.order.size, self.order.of(first, last)
        held, given = take(plan.held, rows), plan.rows[rows]
        others = [other[given] for other in self.others]
        for bucket, run in self.order.runs(first, last):
            values = in_rows(take(held, run), int(self.widths[bucket]), plan.value, plan.side)
            parts = (_parts(part, size) for part in (values, held.lengths[run], given[run]))
            beside = [_parts(other[run], size) for other in others]
            together = zip(*beside, strict=True) if beside else repeat(())
            yield from map(Batch, *parts, together, repeat(plan.side))


def _parts(array: Any, size: int) -> list[Any]:
    """Views of so many rows each, and of what is left."""
    whole, left = divmod(len(array), size)
    parts = list(array[: whole * size].reshape(whole, size, *array.shape[1:]))
    return [*parts, array[whole * size :]] if left else parts


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
            sequences of a bucket keep their order, and batches come about where they are in it.
        multiple_of: Widths are rounded up to a multiple of it.
        options: `value`, `side`, `max_length`, `truncate`, `empty`, `dtype` and `accept` of
            `saveguard.pad`.

    Raises:
        SaveguardError: As `saveguard.pad` does.
        ValueError: If `others` have other numbers of rows, no width holds a sequence, or a batch
            or a width is of none.
    """
    held = sources.read(sequences)
    beside = _beside(others, len(held.lengths), batch_size)
    plan = prepare(held, options)
    lengths = plan.held.lengths
    chosen = _given(widths, lengths) if widths else choice.choose(lengths, buckets, multiple_of)
    real, values = int(lengths.sum()), plan.held.values
    together = _TOGETHER * len(lengths) // max(values[:real].nbytes, 1)
    generator = np.random.default_rng(seed) if shuffle else None
    order = ordered(_index(chosen, lengths), batch_size, together, generator)
    return Buckets(
        plan=plan,
        widths=chosen,
        order=order,
        others=beside,
        waste_before=1 - real / (max(int(lengths.max()), 1) * len(lengths)),
        waste=1 - real / int(order.sizes @ chosen[order.buckets]),
    )


def _beside(others: tuple[Any, ...], count: int, size: int) -> tuple[Any, ...]:
    if size < 1:
        raise ValueError(f"a batch has at least one sequence, not {size}")
    for other in others:
        if len(other) != count:
            raise ValueError(f"{count:,} sequences, but {len(other):,} rows beside them")
    return tuple(map(np.asarray, others))


def _index(widths: Any, lengths: Any) -> Any:
    """The bucket of each sequence: the first that is wide enough."""
    few = np.min_scalar_type(len(widths))
    if widths[-1] < 1 << 20:
        return np.searchsorted(widths, np.arange(widths[-1] + 1)).astype(few)[lengths]
    return np.searchsorted(widths, lengths).astype(few)


def _given(widths: Collection[int], lengths: Any) -> Any:
    longest, widest = int(lengths.max()), max(widths)
    if min(widths) < 1:
        raise ValueError(f"a width is at least 1, not {min(widths)}")
    if longest > widest:
        raise ValueError(f"a sequence has {longest:,} steps, the largest width is {widest:,}")
    return np.asarray(sorted(widths))
