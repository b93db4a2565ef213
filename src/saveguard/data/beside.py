"""Columns that belong together step by step: rows in which one has more steps than the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from saveguard.data import kinds
from saveguard.data.expected import Expected
from saveguard.data.flat import Array, Flat, flat
from saveguard.data.notes import Notes, Stretch
from saveguard.data.summary import SHOWN, Column

if TYPE_CHECKING:
    import pyarrow as pa


def compared(
    batch: pa.RecordBatch, stretch: Stretch, expected: Mapping[str, Expected]
) -> Iterator[tuple[str, Column]]:
    """What there is to say of each column that belongs to another one."""
    for name, due in expected.items():
        if not due.beside or not {name, due.beside} <= set(batch.schema.names):
            continue
        one, other = (flat(batch.column(column)) for column in (name, due.beside))
        if not (one.levels and other.levels):
            continue  # that a row is a single value is told of its own column
        notes = Notes(stretch)
        own, others = np.diff(one.levels[0]), np.diff(other.levels[0])
        wrong = np.flatnonzero((own != others) & _there(one) & _there(other))
        notes.rows(kinds.STEPS, wrong, _shown(own[wrong[:SHOWN]], others[wrong[:SHOWN]]))
        yield name, Column(seen=notes.seen)


def _there(held: Flat) -> Any:
    return True if held.null is None else ~held.null


def _shown(own: Array, others: Array) -> Array:
    """The two lengths, as each place shows them: `(5, 7)`."""
    pairs = np.empty(len(own), object)
    pairs[:] = list(zip(own.tolist(), others.tolist(), strict=True))
    return pairs
