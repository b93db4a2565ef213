"""Padding: no number is changed, the mask is the truth, and what cannot be padded is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import saveguard
from saveguard import Contract, SaveguardError

DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16", "?", ">i4"]
sides = st.sampled_from(["pre", "post"])


@st.composite
def batches(draw: Any) -> list[Any]:
    dtype, inner = draw(st.sampled_from(DTYPES)), draw(arrays.array_shapes(min_dims=0, max_dims=2))
    lengths = draw(st.lists(st.integers(1, 9), min_size=1, max_size=8))
    return [draw(arrays.arrays(dtype, (n, *inner))) for n in lengths]


def same(one: Any, other: Any) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    bits = (
        one.tobytes() == other.tobytes() if one.dtype != object else one.tolist() == other.tolist()
    )
    return one.shape == other.shape and one.dtype == other.dtype and bits


@given(batches(), sides, st.integers(1, 7))
def test_padded_and_unpadded_is_the_same_bit_for_bit(batch: Any, side: Any, of: int) -> None:
    padded = saveguard.pad(batch, side=side, multiple_of=of)
    assert all(same(*pair) for pair in zip(padded.unpad(), batch, strict=True))
    width = padded.values.shape[1]
    assert width % of == 0 and width - of < max(map(len, batch))
    assert padded.values.dtype == batch[0].dtype and padded.lengths.tolist() == list(
        map(len, batch)
    )
    assert padded.mask.dtype == bool and (side == "pre" or padded.mask.flags.c_contiguous)
    assert same(padded.values[padded.mask], np.concatenate(batch).astype(batch[0].dtype))
    assert (padded.mask.sum(1) == padded.lengths).all()
    hidden = padded.values[~padded.mask]
    assert same(hidden, np.full(hidden.shape, padded.value, hidden.dtype))
    falling = np.diff(padded.mask.astype(int), axis=1) <= 0
    assert side == "pre" or falling.all()


@given(batches())
def test_no_real_step_is_the_chosen_value_unless_it_is_told(batch: Any) -> None:
    padded = saveguard.pad(batch)
    steps = np.concatenate(batch)
    taken = (steps == padded.value).reshape(len(steps), -1).all(1).any()
    assert taken == ("SG604" in padded.report.codes)


scalars = {
    "int32": st.integers(-(2**31), 2**31 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(),
    "bool": st.booleans(),
    "object": st.text(max_size=3),
}


@given(st.data(), st.sampled_from(sorted(scalars)), st.integers(0, 3))
def test_lists_keep_their_values(data: Any, kind: str, features: int) -> None:
    step = (
        scalars[kind]
        if not features
        else st.lists(scalars[kind], min_size=features, max_size=features)
    )
    rows = data.draw(st.lists(st.lists(step, min_size=1, max_size=5), min_size=1, max_size=5))
    padded = saveguard.pad(rows, accept=["SG604"])
    found = [row.tolist() for row in padded.unpad()]
    assert repr(found) == repr(rows)
    assert padded.values.dtype.name == kind or kind == "int64"


@given(
    st.lists(st.lists(st.integers(-5, 5) | st.floats(-5, 5), min_size=1), min_size=1, max_size=5)
)
def test_whole_numbers_among_floats(rows: Any) -> None:
    assert [row.tolist() for row in saveguard.pad(rows, accept=["SG604"]).unpad()] == rows


def test_ids_and_signs() -> None:
    for rows in ([[1, 2], [3, -1]], [[-(2**31)], [2**31 - 1, 0]], [[1, True], [False]]):
        padded = saveguard.pad(rows)
        assert padded.values.dtype == np.int32 and [r.tolist() for r in padded.unpad()] == rows
    for rows in ([[1, 2], [3, 2**31]], [[2**32 - 1], [-1]], [[1], [2**32, 5]]):
        padded = saveguard.pad(rows)
        assert padded.values.dtype == np.int64 and [r.tolist() for r in padded.unpad()] == rows
    mixed = [np.arange(3, dtype="i4"), np.arange(2, dtype="i8"), np.ones(1, ">i4")]
    assert saveguard.pad(mixed).values.dtype == np.int64


def test_the_types_of_lists() -> None:
    def dtype(rows: Any) -> str:
        return str(saveguard.pad(rows).values.dtype.name)

    assert dtype([[1], [2, 3]]) == "int32" and dtype([[1], [2**31, 3]]) == "int64"
    assert dtype([[1], [2**64 - 1]]) == "uint64" and dtype([[1], [0.5]]) == "float64"
    assert (
        dtype([[np.float32(1)], [0.5]]) == "float64" and dtype([np.float32([1]), [2]]) == "float64"
    )
    assert dtype([[True], [False, True]]) == "bool" and dtype([["a"], ["b", ""]]) == "object"
    assert dtype(((1,), (2, 3))) == "int32" and dtype(iter([[1], [2, 3]])) == "int32"
    assert dtype([np.zeros((2, 3), "f4"), np.zeros((1, 3), "f4")]) == "float32"
    assert dtype([np.zeros(4, "f4")[::2], np.zeros(3, "f4")]) == "float32"
    assert dtype([np.array(["2020"], "M8[D]"), np.array(["2021"] * 2, "M8[D]")]) == "datetime64[D]"
    assert dtype(np.array([[1, 2], [3, 4]], "i2")) == "int16"
    assert dtype([[], [1, 2]][1:]) == "int32"


@pytest.mark.parametrize(
    ("rows", "options", "code", "place", "told"),
    [
        ([[1, 2], 3], {}, "SG601", "sequences[1]", "is 3 where a sequence is due"),
        ([[1, 2], "abc"], {}, "SG601", "sequences[1]", "is 'abc' where"),
        ([[1], {"a": 1}], {}, "SG601", "sequences[1]", "is {'a': 1} where"),
        (5.0, {}, "SG601", "sequences", "is a float where"),
        (np.arange(3), {}, "SG601", "sequences[0]", "is 0 where"),
        ([np.float32(3)], {}, "SG601", "sequences[0]", "where a sequence is due"),
        ([], {}, "SG602", "sequences", "no sequences"),
        ([[], []], {"empty": "drop"}, "SG602", "sequences", "no sequences"),
        ([[1], [], [2], []], {}, "SG621", "sequences[1]", "2 sequences have no steps (row 1, 3)"),
        ([[1], None], {}, "SG621", "sequences[1]", "one sequence has no steps (row 1)"),
        ([[1, 0], [2]], {"value": 0}, "SG604", "sequences[0][1]", "takes the padding value 0"),
        ([[1, 2], [2]], {"max_length": 1}, "SG622", "sequences[0]", "longer than 1, 1 step in all"),
        ([[1, "a"], [2]], {}, "SG623", "sequences[0][1]", "'a' (str) where the others have int"),
        ([[1], [2, None]], {}, "SG623", "sequences[1][1]", "None (NoneType)"),
        ([[2**60], [0.5]], {}, "SG623", "sequences[0][0]", "1152921504606846976 (int)"),
        ([[1], [2**64]], {}, "SG623", "sequences[1][0]", "18446744073709551616 (int)"),
        ([[[1, 2]], [[3]]], {}, "SG623", "sequences[1][0]", "1 value where the others have 2"),
        ([np.ones((2, 2)), np.ones((2, 3))], {}, "SG623", "sequences[1]", "steps of shape (3,)"),
        ([np.ones(2), np.array(["a"])], {}, "SG623", "sequences[1]", "text where the others"),
        ([np.array([2**60]), np.ones(1)], {}, "SG623", "sequences[0]", "int64 where the others"),
        ([[0.7], [1.0]], {"dtype": "int32"}, "SG541", "sequences[0][0]", "0.7 at"),
        ([[1e300], [1.0]], {"dtype": "float32"}, "SG541", "sequences[0][0]", "1e+300 at"),
        ([[1], [2, 3]], {"value": 0.5}, "SG541", "value", "0.5 at value does not fit int32"),
        ([[1], [2, 3]], {"value": "x"}, "SG541", "value", "'x' at value does not fit int32"),
    ],
)  # fmt: skip
def test_what_cannot_be_padded_is_named(
    rows: Any, options: Any, code: str, place: str, told: str
) -> None:
    with pytest.raises(SaveguardError) as caught:
        saveguard.pad(rows, **options)
    (finding,) = caught.value.report.findings
    assert (finding.code, finding.where) == (code, place)
    assert told in finding.message


def test_empties_by_policy() -> None:
    rows = [[1, 2], [], [3]]
    dropped, kept = saveguard.pad(rows, empty="drop"), saveguard.pad(rows, empty="keep")
    assert dropped.rows.tolist() == [0, 2] and dropped.values.tolist() == [[1, 2], [3, 0]]
    assert kept.rows.tolist() == [0, 1, 2] and kept.mask.tolist()[1] == [False, False]
    assert [p.report.findings[0].certainty for p in (dropped, kept)] == ["possible", "likely"]
    assert saveguard.pad([[], []], empty="keep").values.shape == (2, 1)


def test_what_is_cut_is_counted() -> None:
    rows = [[1, 2, 3], [4], [5, 6]]
    start = saveguard.pad(rows, max_length=2, truncate="post")
    end = saveguard.pad(rows, max_length=2, truncate="pre")
    assert start.values.tolist() == [[1, 2], [4, 0], [5, 6]]
    assert end.values.tolist() == [[2, 3], [4, 0], [5, 6]]
    assert start.report.codes == ("SG622",) and start.report.ok


def test_another_value_is_chosen_where_the_data_take_it() -> None:
    assert saveguard.pad([[0, 1], [2]]).value == -1
    assert saveguard.pad([np.array([0, 7], "u1"), np.array([1], "u1")]).value == 8
    assert saveguard.pad([[0.0, -1.0], [2.0]]).value == -10.0
    assert saveguard.pad([["", "a"], ["b"]]).value == "[PAD]"
    # A step is skipped only where all of its features are the value.
    assert saveguard.pad([[[0, 1], [1, 0]], [[2, 2]]]).value == 0
    full = saveguard.pad([np.arange(256).astype("u1"), np.ones(1, "u1")])
    assert full.report.codes == ("SG604",) and full.report.ok and full.mask.sum() == 257


def test_a_contract_says_value_side_and_length() -> None:
    contract = Contract.parse("x: int32[batch, time<=4] pad=9 side=pre")
    assert saveguard.pad([[1, 2], [3]], contract=contract).values.tolist() == [[1, 2], [9, 3]]
    with pytest.raises(SaveguardError, match="SG622"):
        saveguard.pad([[1] * 5], contract=contract)
    fixed = Contract.parse("x: int32[batch, 4] pad=0")
    assert saveguard.pad([[1, 2], [3]], contract=fixed).values.shape == (2, 4)


def test_it_says_what_it_did() -> None:
    padded = saveguard.pad([[1, 2], [3]], side="pre")
    assert padded.report.codes == ("SG620",) and padded.report.read == (
        "2 sequences, 3 steps",
        "padded to 2 steps with 0 before the data",
    )
    assert repr(padded).startswith("Padded(int32[2, 2], value=") and padded.waste == 0.25
