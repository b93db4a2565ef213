"""A summary is a monoid, and the same however the rows are cut."""

from __future__ import annotations

import functools
import random
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saveguard.contract import Axis
from saveguard.data.expected import Expected
from saveguard.data.notes import Stretch
from saveguard.data.scan import scan
from saveguard.data.source import Part, Trouble
from saveguard.data.summary import SHOWN, Seen, Summary, total, troubled

EXPECTED = {
    "x": Expected(axes=(Axis("time", maximum=4),), dtype="int32", pad=0.0, low=-3, high=9),
    "y": Expected(axes=(Axis(size=2), Axis()), dtype="float16", pad=1.0),
    "gone": Expected(),
}
NUMBERS = st.sampled_from([0.0, -0.0, 0.7, 1.0, 7.0, -5.0, 1e30, float("nan"), float("inf"), None])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "x": st.none() | st.lists(NUMBERS, max_size=6),
            "y": st.none() | st.lists(st.none() | st.lists(NUMBERS, max_size=3), max_size=3),
            "text": st.none() | st.text(max_size=3),
            "label": st.none() | st.integers(-(2**40), 2**40),
        }
    ),
    max_size=20,
)
TYPES = {
    "x": pa.list_(pa.float64()),
    "y": pa.large_list(pa.list_(pa.float32())),
    "text": pa.string(),
    "label": pa.int64(),
}


def batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=pa.schema(list(TYPES.items())))


def scanned(rows: list[dict[str, Any]], first: int = 0, part: int = 0) -> Summary:
    stretch = Stretch(Part(file=f"{part}.parquet"), part, first)
    return scan(batch(rows), stretch, EXPECTED)


@settings(deadline=None)
@given(ROWS)
def test_the_empty_summary_changes_nothing(rows: list[dict[str, Any]]) -> None:
    found = scanned(rows)
    assert found + Summary() == found == Summary() + found


@settings(deadline=None)
@given(ROWS, ROWS, ROWS)
def test_sums_are_associative_and_commutative_to_the_byte(
    a: list[dict[str, Any]], b: list[dict[str, Any]], c: list[dict[str, Any]]
) -> None:
    one, two, three = (scanned(rows, part=number) for number, rows in enumerate((a, b, c)))
    assert ((one + two) + three).to_json() == (one + (two + three)).to_json()
    assert (one + two).to_json() == (two + one).to_json()


@settings(deadline=None)
@given(ROWS, st.integers(0, 20), st.integers(0, 20))
def test_however_rows_are_cut_the_sum_is_one(
    rows: list[dict[str, Any]], one: int, two: int
) -> None:
    low, high = sorted((one, two))
    cuts = [(0, low), (low, high), (high, len(rows))]
    parts = [scanned(rows[begin:end], begin) for begin, end in cuts if rows[begin:end]]
    assert total(reversed(parts)).to_json() == (scanned(rows).to_json() if rows else "{}")


@settings(deadline=None)
@given(ROWS)
def test_a_slice_of_a_batch_is_the_rows_alone(rows: list[dict[str, Any]]) -> None:
    cut = scan(batch([*rows, *rows, *rows]).slice(len(rows), len(rows)), STRETCH, EXPECTED)
    assert cut.to_json() == scanned(rows).to_json()


STRETCH = Stretch(Part(file="0.parquet"), 0, 0)


@settings(deadline=None)
@given(ROWS)
def test_json_gives_the_summary_back(rows: list[dict[str, Any]]) -> None:
    found = scanned(rows) + troubled(Trouble(code="SG101", file="a", what="cut short", rows=3))
    text = found.to_json()
    assert Summary.from_json(text) == found
    assert Summary.from_json(text).to_json() == text


def test_the_first_places_are_kept_in_whatever_order_the_parts_come() -> None:
    parts = [scanned([{"x": [float("nan")]}] * 4, part=number) for number in range(9)]
    random.Random(7).shuffle(parts)
    seen = total(parts).columns["x"].seen["nan"]
    assert (seen.rows, seen.values) == (36, 36)
    assert [(place.part, place.row) for place in seen.first] == [
        (0, 0),
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 0),
    ]
    assert len(seen.first) == SHOWN


def test_troubles_add_up_by_code() -> None:
    found = functools.reduce(
        lambda one, two: one + two,
        [troubled(Trouble(code="SG101", file=name, what="cut", rows=2)) for name in "cab"],
    )
    held = found.troubles["SG101"]
    assert (held.count, held.rows, [one.file for one in held.first]) == (3, 6, ["a", "b", "c"])


def test_a_whole_number_and_its_equal_float_are_one_extreme() -> None:
    schema_int, schema_float = ({"a": kind} for kind in (pa.int32(), pa.float32()))
    both = [
        scan(pa.RecordBatch.from_pylist([{"a": 1}], schema=pa.schema(kind)), STRETCH, {})
        for kind in (schema_int, schema_float)
    ]
    assert (both[0] + both[1]).to_json() == (both[1] + both[0]).to_json()


def test_what_is_no_summary_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Summary.from_json('{"rows": "many"}')
    assert Seen(1, 1, ()) + Seen(1, 2, ()) == Seen(2, 3, ())


def test_a_row_with_two_values_that_a_cast_changes_is_one_row() -> None:
    rows = [{"x": [0.7, 1e30, 1.0]}, {"x": [2.0]}, {"x": [1e30]}]
    seen = scanned(rows).columns["x"].seen["cast"]
    assert (seen.rows, seen.values) == (2, 3)
    assert [(place.row, place.at) for place in seen.first] == [(0, 0), (2, 0)]


@pytest.mark.parametrize("count", [3, 3000])
def test_what_is_not_finite_is_counted_whether_it_is_rare_or_common(count: int) -> None:
    values = [float("nan"), float("inf"), -float("inf"), 2.0, -1.0, -0.0] * count
    found = scanned([{"y": [[one, 3.0] for one in values]}]).columns["y"]
    assert (found.minimum, found.maximum) == (-1, 3)
    assert [found.seen[kind].values for kind in ("nan", "infinite")] == [count, 2 * count]
