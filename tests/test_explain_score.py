"""The recorded tracebacks, whole and mangled, and those of others: the bounds they keep."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "tools"))

from explain_score import first, own
from manglings import MANGLINGS

FOREIGN = sorted((Path(__file__).parent / "recorded_foreign").glob("*.txt"))
# The rest of a message, and of what surrounds it, is lost in these.
LOSSY = {"cut_below", "last_line"}


@cache
def recordings() -> list[tuple[str, str, str]]:
    return own()


@cache
def codes() -> dict[str, str]:
    return {f"{code}/{name}": first(text)[0] for code, name, text in recordings()}


def test_the_right_code_comes_first() -> None:
    right = sum(key.split("/")[0] == got for key, got in codes().items())
    assert right >= 0.98 * len(codes())


def test_no_wrong_code_is_called_certain() -> None:
    sure = [
        f"{code}/{name}: {got}"
        for code, name, text in recordings()
        for got, certainty in [first(text)]
        if got not in (code, "none") and certainty == "certain"
    ]
    assert sure == []


@pytest.mark.parametrize("name", MANGLINGS)
def test_a_mangled_traceback_keeps_its_code(name: str) -> None:
    sample = recordings()[::23]  # the score holds all of them
    kept = [
        first(MANGLINGS[name](text))[0] == codes()[f"{code}/{known}"]
        for code, known, text in sample
    ]
    assert sum(kept) >= (0.85 if name in LOSSY else 0.92) * len(sample)


def test_programs_of_other_releases_are_named_rightly() -> None:
    held_out = own("recorded_held_out")
    right = sum(first(text)[0] == code for code, _, text in held_out)
    sure = [n for c, n, text in held_out if first(text)[1] == "certain" and first(text)[0] != c]
    assert len(held_out) >= 60
    assert right >= 0.88 * len(held_out)
    assert sure == []


def test_tracebacks_of_others_get_no_code() -> None:
    claimed = [path.stem for path in FOREIGN if first(path.read_text("utf-8"))[0] != "none"]
    assert len(FOREIGN) >= 200
    assert len(claimed) <= 0.02 * len(FOREIGN), claimed
