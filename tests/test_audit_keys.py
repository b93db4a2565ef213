"""Rows are known again by their keys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from saveguard.data.keys import MOST, Keys, kept, known, of

LISTS = pa.list_(pa.float64())


def test_keys_beyond_the_budget_are_a_sample_whose_bound_is_told() -> None:
    many = np.arange(MOST + 10, dtype=np.uint64) * np.uint64(3)
    held = kept(many)
    assert held.bound == 3 * MOST and len(held.array) == MOST
    assert (held + Keys()).bound == held.bound and held + held == held
    assert known(many[:4] + np.uint64(1), held).tolist() == [False] * 4
    assert known(many[:4], held).all() and not known(many, Keys()).any()


def test_equal_rows_have_one_key_and_others_have_not() -> None:
    rows = [{"x": [1.0, 0.0], "t": "a"}, {"x": [1.0, -0.0], "t": "a"}, {"x": [0.0, 1.0], "t": "a"}]
    rows += [{"x": [1.0], "t": "a"}, {"x": None, "t": "a"}, {"x": [], "t": "a"}, {"x": [], "t": ""}]
    schema = pa.schema({"x": LISTS, "t": pa.string()})
    keys = of(pa.RecordBatch.from_pylist(rows, schema=schema), None)
    assert keys[0] == keys[1] and len(np.unique(keys)) == len(rows) - 1
    wide = of(
        pa.RecordBatch.from_pylist(rows, schema=pa.schema({"x": LISTS, "t": pa.large_string()})),
        None,
    )
    assert (wide == keys).all()


def test_keys_do_not_hang_on_how_rows_are_cut() -> None:
    rows = [{"x": [float(row), None], "n": row % 3 or None} for row in range(20)]
    schema = pa.schema({"x": LISTS, "n": pa.int32()})
    batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    cut = [of(batch.slice(begin, 7), None) for begin in (0, 7, 14)]
    assert (np.concatenate(cut) == of(batch, None)).all()


def test_sums_of_keys_do_not_hang_on_the_order() -> None:
    one, two, three = (kept(np.sort(np.array(some, np.uint64))) for some in ([5, 1], [1, 9], [7]))
    assert one + (two + three) == (three + one) + two == one + two + three
    assert (one + two).array.tolist() == [1, 5, 9]
    assert one + Keys() == one == Keys() + one
