"""What is looked at by blocks and counted by parts is what a look at each row by itself finds."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saveguard.data import blocks, kinds
from saveguard.data.counting import Tallies
from saveguard.data.expected import Expected
from saveguard.data.flat import flat
from saveguard.data.notes import Stretch
from saveguard.data.scan import scan
from saveguard.data.source import Part
from saveguard.data.summary import Column, Summary

NAN, INF = float("nan"), float("inf")
PAD, LOW, HIGH = 0.0, -2.0, 5.0
NUMBERS = st.sampled_from([0.0, -0.0, 0.0, 0.0, 1.5, 3.0, 7.0, -5.0, NAN, INF])
ROWS = st.lists(st.lists(NUMBERS, max_size=7), max_size=30)
Row = list[float]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of few values, so that rows of a few have many of them."""
    monkeypatch.setattr(blocks, "BLOCK", 5)
    monkeypatch.setattr(blocks, "_TOGETHER", 2)


def scanned(rows: list[Row], first: int = 0, tallies: Tallies | None = None) -> Summary:
    batch = pa.RecordBatch.from_pydict({"x": pa.array(rows, pa.list_(pa.float32()))})
    expected = Expected(pad=PAD, low=LOW, high=HIGH)
    return scan(batch, Stretch(Part(file="a"), 0, first), {"x": expected}, tallies)


def runs(row: Row) -> Iterator[tuple[str, int]]:
    """The runs of padding in a row, by where they stand."""
    at = 0
    for padded, held in itertools.groupby(row, lambda value: value == PAD):
        count = len(list(held))
        begins, ends = at == 0, at + count == len(row)
        at += count
        if padded:
            yield (
                {
                    (True, True): kinds.MASKED,
                    (True, False): kinds.LEADING,
                    (False, True): kinds.TRAILING,
                    (False, False): kinds.BETWEEN,
                }[begins, ends],
                count,
            )


def by_hand(rows: list[Row]) -> dict[str, tuple[int, int]]:
    """By kind, in how many rows it is, and how many values are so."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        told = {
            kinds.NAN: sum(map(math.isnan, row)),
            kinds.INFINITE: sum(map(math.isinf, row)),
            kinds.OUTSIDE: sum(math.isfinite(one) and not LOW <= one <= HIGH for one in row),
        }
        for kind, count in runs(row):
            told[kind] = told.get(kind, 0) + count
        for kind, count in told.items():
            if count:
                before = found.get(kind, (0, 0))
                found[kind] = (before[0] + 1, before[1] + count)
    return found


@settings(deadline=None)
@given(ROWS)
def test_blocks_find_what_each_row_shows(rows: list[Row]) -> None:
    column = scanned(rows).columns["x"]
    told = {kind: (seen.rows, seen.values) for kind, seen in column.seen.items()}
    told.pop(kinds.EMPTY, None)
    assert told == by_hand(rows)
    finite = [value for row in rows for value in row if math.isfinite(value)]
    assert column.minimum == (min(finite) if finite else None)
    assert column.maximum == (max(finite) if finite else None)


@settings(deadline=None)
@given(st.lists(ROWS, max_size=4))
def test_what_is_counted_by_part_is_what_its_batches_count(batches: list[list[Row]]) -> None:
    tallies, together, apart, row = Tallies(), Summary(), Summary(), 0
    for rows in batches:
        together += scanned(rows, row, tallies)
        apart += scanned(rows, row)
        row += len(rows)
    assert (together + tallies.summary()).to_json() == apart.to_json()


def test_long_sequences_are_counted_by_the_sixteenth_of_an_octave() -> None:
    rows = [[1.0] * length for length in (2, 4095, 4096, 4099, 9000)]
    column = scanned(rows).columns["x"]
    assert column.lengths == (((2, 1), (4095, 1), (4096, 2), (8704, 1)),)
    assert column.longest == (9000,) and column.shortest == (2,)


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=40), st.data())
def test_a_slice_has_the_nulls_of_its_rows(values: list[int | None], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(values) - 1))
    held = flat(pa.array(values, pa.int64()).slice(first))
    here = values[first:]
    if None in here:
        assert held.null is not None
        assert held.null.tolist() == [value is None for value in here]
    assert held.values.tolist() == [value for value in here if value is not None]


def test_a_fixed_width_of_nothing_has_rows() -> None:
    kind = pa.list_(pa.float32(), 0)
    held = flat(pa.array([[], [], []], kind))
    assert held.begins.tolist() == [0, 0, 0, 0]


def test_bounds_that_the_type_does_not_hold_warn_of_nothing() -> None:
    values = pa.array(np.array([1, 2, 3], np.float16))
    batch = pa.RecordBatch.from_pydict({"x": values})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wide = Expected(dtype="int32", low=-1e30, high=1e30)
        found = scan(batch, Stretch(Part(file="a"), 0, 0), {"x": wide})
    column: Column = found.columns["x"]
    assert (column.minimum, column.maximum, dict(column.seen)) == (1.0, 3.0, {})
