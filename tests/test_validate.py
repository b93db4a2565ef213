"""A batch held against a contract: leaf, row and value are named, nothing is changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from saveguard import Contract

IMAGE = "x: float32[batch, 28, 28, 1]"
SERIES = "x: float32[batch, any, 12]"


@pytest.mark.parametrize(
    ("line", "shape", "fix"),
    [
        ("x: float32[batch, 10]", (10,), "x[None, ...] makes one sample a batch of shape (1, 10)"),
        ("x: float32[batch, 10]", (3, 2, 5), "x.reshape(3, 10)"),
        ("x: float32[batch, 784]", (5, 28, 28), "x.reshape(5, 784)"),
        ("x: float32[batch, 10]", (30,), "x.reshape(-1, 10)"),
        ("x: float32[batch, 10]", (4, 1, 10), "np.squeeze(x, axis=1)"),
        (SERIES, (7, 12), "x[None, ...]"),
        (SERIES, (4, 36), "x.reshape(4, -1, 12)"),
        ("x: float32[batch, 20, 1]", (8, 20), "x[..., None] makes it (8, 20, 1)"),
        (IMAGE, (28, 28, 1), "x[None, ...]"),
        (IMAGE, (6, 28, 28), "x[..., None]"),
        (IMAGE, (28, 28), "x[None, ..., None]"),
        (IMAGE, (6, 784), "x.reshape(-1, 28, 28, 1)"),
        ("x: float32[batch, 4, 8, 8, 3]", (4, 8, 8, 3), "x[None, ...]"),
        ("x: int32[batch, time]", (5,), "x[None, ...]"),
        (SERIES, (7, 5), "no reshape of (7, 5) can be one"),
        ("x: float32[batch, any, any, 3]", (5, 7), "no reshape of (5, 7) can be one"),
    ],
)
def test_a_wrong_rank_says_what_to_write(line: str, shape: tuple[int, ...], fix: str) -> None:
    contract, x = Contract.parse(line), np.ones(shape, line.split(" ")[1].split("[")[0])
    report = contract.validate(x)
    (finding,) = report.findings
    assert finding.code == "SG502" and fix in finding.fix
    assert f"`x` has shape {shape}" in finding.message
    code = finding.fix.split(" makes")[0].split(", if")[0].split(" leaves")[0]
    if code.startswith(("x", "np.")):
        assert contract.validate(eval(code, {"x": x, "np": np})).findings == ()


@pytest.mark.parametrize(
    ("line", "batch", "code", "place", "told"),
    [
        ("x: float32[batch, 3]", np.ones((2, 4)), "SG503", "x", "axis 1 of `x` has 4 values"),
        ("x: float32[batch, 8, 8, 3]", np.ones((2, 3, 8, 8)), "SG503", "x", "has 3 values"),
        ("x: int8[batch, time<=3]", np.ones((2, 5), "i1"), "SG503", "x", "takes time<=3"),
        ("x: int32[batch]", np.array([1.0, 2.5]), "SG541", "x[1]", "2.5 in row 1 of `x`"),
        ("x: int32[batch]", np.array([1, 2**40]), "SG541", "x[1]", "1099511627776 in row 1"),
        ("x: float32[batch]", np.array([1, 2**24 + 1]), "SG541", "x[1]", "16777217 in row 1"),
        ("x: float16[batch]", np.array([1.0, 1e6]), "SG541", "x[1]", "1000000.0 in row 1"),
        ("x: float32[batch]", np.array(["a", "b"]), "SG541", "x", "`x` holds text"),
        ("x: int32[b, t] vocabulary=9 pad=-1", np.array([[1, -1], [9, -2]]), "SG542", "x[1, 0]",
         "9 in row 1 of `x` is outside the vocabulary, 0 to 8 (2 such values)"),
        ("x: uint8[b, t] range=..1", np.array([[0, 1], [2, 0]], "u1"), "SG542", "x[1, 0]",
         "2 in row 1 of `x` is outside the range ..1"),
        ("x: float32[b]", np.array([1, np.inf], "f4"), "SG543", "x[1]", "row 1 of `x` holds inf"),
        ("x: int32[b, t] pad=0", np.array([[1, 0, 2], [3, 0, 0]]), "SG604", "x[0, 1]", "row 0"),
        ("x: int32[b, t] pad=0 side=post", np.array([[1, 2], [0, 2]]), "SG620", "x[1, 0]", "row 1"),
        ("x: int32[b, t] pad=0", np.array([[1, 2], [0, 0]]), "SG605", "x[1]", "row 1 of `x`"),
        ("x: int32[b, t]", [[1, 2], 3], "SG601", "x[1]", "row 1 at `x[1]` is 3 where a sequence"),
        ("x: int32[b, t]", [[1, 2], [3]], "SG603", "x", "unequal lengths: 2, 1"),
        ("x: int32[b, t]", 3, "SG601", "x", "`x` is a single number (3)"),
        ("x: int32[b, t]", np.ones((0, 3), "i4"), "SG602", "x", "no rows"),
        ("{a: int32[b]; c: int32[b]}", {"a": np.ones(2, "i4")}, "SG501", "x", "held as {'a': .}"),
        ("{a: int32[b]; c: int32[b]}", {"a": np.ones(2, "i4"), "c": None}, "SG501", "x['c']",
         "`x['c']` is None, and the model needs it"),
        ("{a: bool[b]; c: int32[b] range=0..1}", {"a": np.ones(2, bool), "c": np.array([0, 7])},
         "SG542", "x['c'][1]", "7 in row 1 of `x['c']`"),
    ],
)  # fmt: skip
def test_each_defect_is_told_with_its_place(
    line: str, batch: Any, code: str, place: str, told: str
) -> None:
    report = Contract.parse(line).validate(batch)
    (finding,) = report.findings
    assert (finding.code, finding.where) == (code, place)
    assert told in finding.message


@pytest.mark.parametrize(
    ("line", "batch"),
    [
        ("{a: int32[b]; c?: int32[b]}", {"a": np.ones(2, "i4")}),
        ("{a: int32[b]; c?: int32[b]}", {"a": np.ones(2, "i4"), "c": None}),
        ("x: any[...]", np.ones((2, 3, 4))),
        ("x: float32[batch, 3]", (np.ones((2, 3), "f4"), np.ones(2))),
        ("x: int32[b, t] vocabulary=9 pad=9", np.array([[1, 9], [8, 9]])),
        ("x: float32[batch, 3]", np.ones((2, 3), "f8") / 3),
        ("a: bool[b]; b: string[b]", [np.ones(2, bool), np.array(["a", "b"])]),
    ],
)
def test_what_fits_is_silent(line: str, batch: Any) -> None:
    report = Contract.parse(line).validate(batch)
    assert report.findings == () and report.not_read == () and report.ok


def test_what_cannot_be_read_is_said() -> None:
    report = Contract.parse("x: float32[b]").validate(np.array([object(), 3]))
    assert report.not_read == ("x, which is of type ndarray: an array of objects",)


@given(
    arrays.arrays(
        st.sampled_from(["i4", "f4", "f8", "u1", "i8"]),
        arrays.array_shapes(min_dims=1, max_dims=4, max_side=4),
    )
)
def test_nothing_is_changed(x: Any) -> None:
    before = x.copy()
    Contract.parse("x: int32[batch, time<=3] vocabulary=5 pad=0 side=post").validate(x)
    assert before.tobytes() == x.tobytes() and before.dtype == x.dtype
