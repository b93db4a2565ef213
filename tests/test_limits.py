"""The limits of a cast are those of NumPy's: what lies within them comes back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from saveguard.contract.limits import Limits, limits

WHOLE = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]


def comes_back(value: float, given: str, wanted: str) -> bool:
    with np.errstate(all="ignore"):
        there = np.array(value).astype(given)
        return bool(there.astype(wanted).astype(given) == there)


@pytest.mark.parametrize("given, wanted", [*itertools.permutations(WHOLE, 2)])
def test_whole_numbers(given: str, wanted: str) -> None:
    found, held, bounds = limits(given, wanted), np.iinfo(wanted), np.iinfo(given)
    assert found == Limits(held.min, held.max)
    for value in (found.low, found.high):
        if bounds.min <= value <= bounds.max:
            assert comes_back(int(value), given, wanted)
    if bounds.max > held.max:
        assert int(np.array(held.max + 1, given).astype(wanted)) != held.max + 1


@pytest.mark.parametrize("given, wanted", [*itertools.product(WHOLE, FLOATS)])
def test_whole_numbers_as_floats(given: str, wanted: str) -> None:
    found = limits(given, wanted)
    assert found is not None
    if np.iinfo(given).max > found.high:
        assert comes_back(found.high, given, wanted)
        assert not comes_back(found.high + 1, given, wanted)


@pytest.mark.parametrize("given, wanted", [*itertools.product(FLOATS, ["int8", "int32", "uint16"])])
def test_floats_as_whole_numbers(given: str, wanted: str) -> None:
    found = limits(given, wanted)
    assert found is not None and found.whole
    assert not comes_back(0.75, given, wanted)


@pytest.mark.parametrize("given, wanted", [("float64", "float32"), ("float32", "float16")])
def test_floats_as_narrower_ones(given: str, wanted: str) -> None:
    found = limits(given, wanted)
    assert found == Limits(-float(np.finfo(wanted).max), float(np.finfo(wanted).max))
    assert limits(wanted, given) is None and limits(given, given) is None
    assert limits("float64", "string") is None and limits("int32", "") is None
