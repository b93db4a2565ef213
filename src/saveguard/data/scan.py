"""One batch of rows -> its summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from saveguard.data import axes, beside, kinds
from saveguard.data.blocks import Pass
from saveguard.data.expected import Expected
from saveguard.data.flat import Array, Flat, flat
from saveguard.data.notes import Notes, Stretch
from saveguard.data.summary import Column, Counts, Summary

if TYPE_CHECKING:
    import pyarrow as pa

_NOTHING = Expected()
# Of each part, all of the first rows and some of the rest are in the histogram of values.
_ALL, _EVERY, _SOME = 512, 4096, 64


def scan(batch: pa.RecordBatch, stretch: Stretch, expected: Mapping[str, Expected]) -> Summary:
    """The summary of a batch.

    Args:
        stretch: Where its rows stand.
        expected: What is due in each column; what is no column of the batch is noted as absent.
    """
    names = batch.schema.names
    columns = {
        name: column(flat(batch.column(index)), stretch, expected.get(name, _NOTHING))
        for index, name in enumerate(names)
    }
    for name in expected.keys() - set(names):
        notes = Notes(stretch)
        notes.rows(kinds.ABSENT, np.arange(batch.num_rows))
        columns[name] = Column(seen=notes.seen)
    for name, found in beside.compared(batch, stretch, expected):
        columns[name] += found
    return Summary(rows=batch.num_rows, columns=columns)


def column(held: Flat, stretch: Stretch, expected: Expected) -> Column:
    """The summary of a column of one batch."""
    notes = Notes(stretch)
    if held.null is not None:
        notes.rows(kinds.NULL, np.flatnonzero(held.null))
    found = axes.read(held, expected, notes)
    there = np.arange(held.rows) if held.null is None else np.flatnonzero(~held.null)
    if held.kind == "text" and expected.numbers:
        notes.rows(kinds.TEXT, there)
    if held.kind == "other" and expected != _NOTHING:
        notes.rows(kinds.OTHER, there, held.type)
    looked = Pass(held, expected, notes)
    looked.run()
    histogram = _histogram(looked.values, looked.begins, stretch.row)
    return Column(
        rows=held.rows,
        values=len(looked.values),
        types={held.type: held.rows} if held.rows else {},
        minimum=looked.low,
        maximum=looked.high,
        histogram=histogram,
        sampled=sum(count for _, count in histogram),
        seen=notes.seen,
        **found,
    )


def _histogram(values: Array, begins: Array, row: int) -> Counts:
    """Finite values of a sample of rows, by the first 12 bits of their float32."""
    if values.dtype.kind not in "fiu" or not len(values):
        return ()
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
        return ()
    with np.errstate(over="ignore"):
        some = np.concatenate(chosen).astype(np.float32, copy=False)
    counts = np.bincount(some[np.isfinite(some)].view(np.uint32) >> 20)
    where = np.flatnonzero(counts)
    return tuple(zip(where.tolist(), counts[where].tolist(), strict=True))
