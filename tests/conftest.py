"""What every test may ask for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from saveguard.errors import report_of
from saveguard.finding import Report
from saveguard.rule import Call

# Shared machines are slow at times; how long an example takes is no test here.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keras warns of what the tests provoke on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def report_on(call: Call) -> Report:
    """The report that a call of the public interface ends with, returned or raised."""
    import saveguard

    try:
        verb = getattr(saveguard, call.verb) if isinstance(call.verb, str) else call.verb
        done: Any = verb(*call.arguments, **call.options)
    except Exception as error:
        report = report_of(error)
        if report is None:
            raise
        return report
    if isinstance(done, Report):
        return done
    report = getattr(done, "report", None)
    return report if report is not None else Report(subject=str(call.verb))


def neutral(text: str, folder: Path) -> str:
    """A text without the test's own folder and the machine's interpreter."""
    import sys

    return text.replace(str(folder), "<tmp>").replace(sys.executable, "<python>")
