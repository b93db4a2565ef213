"""What is met behind the beginning of a data set: columns that nobody knew of, other dtypes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from saveguard.data import flat, kinds
from saveguard.data.blocks import Pass
from saveguard.data.columns import depths
from saveguard.data.expected import Expected
from saveguard.data.notes import Notes, Stretch
from saveguard.data.source import Met
from saveguard.data.summary import SHOWN, Column, Late, Summary
from saveguard.data.terms import Terms, plan

if TYPE_CHECKING:
    import pyarrow as pa


class Later:
    """What is known of the columns of a part while it is read.

    Args:
        expected: What is due in each column; None: the part's first batch tells.
        there: The columns that are known; None: no other can come, or the first batch tells.

    Attributes:
        expected: The same, with what later batches told.
    """

    def __init__(
        self,
        terms: Terms,
        expected: Mapping[str, Expected] | None,
        there: tuple[str, ...] | None,
        *,
        once: bool = False,
    ) -> None:
        self.expected: Mapping[str, Expected] = expected or {}
        self._terms, self._once = terms, once
        self._depths: dict[str, int] = {}
        self._begun = expected is not None
        self._there = None if there is None else set(there)
        self._types: dict[str, str] = {}

    def batch(self, batch: pa.RecordBatch, stretch: Stretch) -> Iterator[Summary]:
        """What a batch has that those before it had not."""
        if not self._begun:
            self._begun = True
            self.expected = plan(self._terms, depths(batch.schema)).expected
            self._depths = depths(batch.schema)
            if self._once and self._there is None:
                self._there = set(batch.schema.names)
        elif self._once:
            yield from self._again(batch, stretch)
        if self._there is not None:
            yield from self._others(batch, stretch)
        if self._once and stretch.part.format == "batches":
            yield from self._cast(batch, stretch)

    def met(self, one: Met, stretch: Stretch) -> Iterator[Summary]:
        """A column that was not asked for, if nobody knew of it."""
        if self._there is not None and one.column not in self._there:
            first = tuple(stretch.witness(row, -1, None) for row in one.first)
            yield Summary(late={one.column: Late(one.axes, one.rows, first)})

    def _others(self, batch: pa.RecordBatch, stretch: Stretch) -> Iterator[Summary]:
        for name, axes in depths(batch.schema).items():
            if name in (self._there or ()):
                continue
            rows = np.flatnonzero(batch.column(name).is_valid())
            first = tuple(stretch.witness(row, -1, None) for row in rows[:SHOWN].tolist())
            yield Summary(late={name: Late(axes, len(rows), first)})

    def _again(self, batch: pa.RecordBatch, stretch: Stretch) -> Iterator[Summary]:
        """What is due in columns that come only now, and that the rows before them lack it."""
        new = depths(batch.schema)
        new = {name: new[name] for name in new if name not in self._depths}
        if not new:
            return
        self._depths |= new
        due = plan(self._terms, self._depths).expected
        due = {name: one for name, one in due.items() if name not in self.expected}
        self.expected = {**self.expected, **due}
        for name in due.keys() & new.keys():
            notes = Notes(Stretch(stretch.part, stretch.number, 0))
            notes.rows(kinds.ABSENT, np.arange(stretch.row))
            yield Summary(columns={name: Column(seen=notes.seen)})

    def _cast(self, batch: pa.RecordBatch, stretch: Stretch) -> Iterator[Summary]:
        """Values that the dtype of a column's first batch does not hold."""
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            held = flat.flat(column)
            dtype = held.values.dtype.name
            if held.kind != "number" or not len(held.values) or "bool" in held.type:
                continue
            first = self._types.setdefault(name, dtype)
            if first == dtype:
                continue
            notes = Notes(stretch)
            Pass(held, Expected(dtype=first), notes).run()
            if kinds.CAST in notes.seen:
                seen = {f"{kinds.FIRST}{first}": notes.seen[kinds.CAST]}
                yield Summary(columns={name: Column(seen=seen)})
