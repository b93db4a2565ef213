"""One batch of rows -> its summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from saveguard.data import axes, beside, kinds, types
from saveguard.data.blocks import Pass
from saveguard.data.counting import Tallies, Tally
from saveguard.data.expected import Expected
from saveguard.data.flat import Flat, flat
from saveguard.data.notes import Notes, Stretch
from saveguard.data.summary import Column, Summary

if TYPE_CHECKING:
    import pyarrow as pa

_NOTHING = Expected()


def scan(
    batch: pa.RecordBatch,
    stretch: Stretch,
    expected: Mapping[str, Expected],
    tallies: Tallies | None = None,
) -> Summary:
    """The summary of a batch.

    Args:
        stretch: Where its rows stand.
        expected: What is due in each column; what is no column of the batch is noted as absent.
        tallies: Count lengths and values, and whoever gave them adds their summary in the end;
            None: the counts are in this one.
    """
    names, counted = batch.schema.names, Tallies() if tallies is None else tallies
    columns = {
        name: column(
            flat(batch.column(index)), stretch, expected.get(name, _NOTHING), counted[name]
        )
        for index, name in enumerate(names)
    }
    for name in expected.keys() - set(names):
        notes = Notes(stretch)
        notes.rows(kinds.ABSENT, np.arange(batch.num_rows))
        columns[name] = Column(seen=notes.seen)
    for name, found in beside.compared(batch, stretch, expected):
        columns[name] += found
    seen = Summary(rows=batch.num_rows, columns=columns)
    return seen + counted.summary() if tallies is None else seen


def column(held: Flat, stretch: Stretch, expected: Expected, tally: Tally) -> Column:
    """The summary of a column of one batch, but for what is counted."""
    notes = Notes(stretch)
    if held.null is not None:
        notes.rows(kinds.NULL, np.flatnonzero(held.null))
    found = axes.read(held, expected, notes, tally)
    if held.kind == "text" and expected.numbers:
        notes.rows(kinds.TEXT, held.there)
    if held.kind == "other" and expected != _NOTHING:
        notes.rows(kinds.OTHER, held.there, types.told(held.type))
    looked = Pass(held, expected, notes)
    looked.run()
    tally.count_values(looked.values, looked.begins, stretch.row)
    return Column(
        rows=held.rows,
        values=len(looked.values),
        types={held.type: held.rows} if held.rows else {},
        minimum=looked.low,
        maximum=looked.high,
        seen=notes.seen,
        **found,
    )
