"""One defect in one form: planted, audited, and held against what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import saveguard
from tools.planted import defects, worlds
from tools.planted.defects import ARRAYS, RAGGED, Defect
from tools.planted.writers import FORMS


class Outcome(NamedTuple):
    """What an audit made of a planted defect.

    Attributes:
        codes: What it told.
        rows, first: How many rows the summary counts, and the first of them; None: it is not
            counted by rows.
    """

    codes: tuple[str, ...]
    rows: int | None = None
    first: int | None = None


def fits(defect: Defect, form: str) -> bool:
    """Whether a form can hold a defect: an array has rows of one length and one type."""
    holds = FORMS[form].holds
    return set(defect.needs) <= set(holds)


def clean(base: str, form: str, folder: Path) -> tuple[str, ...]:
    """The codes for the clean twin; there should be none."""
    data = FORMS[form].write(defects.clean(base), folder)
    return audited(data, base).codes


def trial(defect: Defect, form: str, folder: Path) -> Outcome:
    """What is told of a defect."""
    if ARRAYS in FORMS[form].holds:  # rows of one length: padded ones
        defect = defect._replace(base=worlds.PADDED)
    data = FORMS[form].write(defects.planted(defect), folder)
    report = audited(data, defect.base)
    seen = report.summary.columns[defect.column].seen.get(defect.kind)
    if seen is None:
        return Outcome(report.codes)
    first = seen.first[0]
    return Outcome(report.codes, seen.rows, first.row)


def expected(defect: Defect) -> Outcome:
    """What must be told."""
    if not defect.kind:
        return Outcome(tuple(defect.code.split()))
    return Outcome(tuple(defect.code.split()), len(defect.rows), defect.rows[0])


def audited(data: Any, contract: str) -> Any:
    return saveguard.audit(data, contract, labels="y", classes=worlds.CLASSES)


def forms(base: str) -> list[str]:
    """The forms that can hold the clean data."""
    needs = {RAGGED} if base == worlds.RAGGED else set()
    return [name for name, form in FORMS.items() if needs <= set(form.holds)]
