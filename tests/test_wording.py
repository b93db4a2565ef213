"""Numbers go with their nouns."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

import saveguard
from saveguard import wording


def test_its_examples_hold() -> None:
    assert doctest.testmod(wording) == doctest.TestResults(failed=0, attempted=4)


@pytest.mark.parametrize("noun", wording._NOUNS)
def test_a_noun_has_one_form_of_each_number(noun: str) -> None:
    assert wording.plural(wording.singular(noun)) == noun


@pytest.mark.parametrize(
    "text",
    ["axis 1 values", "0.1 values", "1,001 rows", "row 1 values", "11 rows", "-1 rows", "v1 files"],
)
def test_what_counts_nothing_stays(text: str) -> None:
    assert wording.agreed(text) == text


def test_every_finding_is_told_so() -> None:
    contract = saveguard.Contract.parse("x: float32[batch, 2]")
    (found,) = contract.validate(np.zeros(3, "float32")).findings
    assert found.code == "SG502" and "1 axis; the model takes 2" in found.message


def test_a_report_of_one_row_is_told_so() -> None:
    report = saveguard.audit({"x": np.array([[0.5]])}, "x: float32[batch, 1]")
    assert report.read == (
        "1 of 1 part of a dict, 1 row",
        "`x` is float64[1], 1 row, axis 1 has 1 value, values from 0.5 to 0.5",
    )
