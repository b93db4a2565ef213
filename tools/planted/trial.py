"""One defect in one form: planted, audited, and held against what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import saveguard
from tools.planted import defects, worlds
from tools.planted.defects import ARRAYS, CELLS, RAGGED, Defect
from tools.planted.writers import ALL, FORMS


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
    held = FORMS[form]
    if held.only and defect.column != held.only:
        return False
    return set(defect.needs) <= set(held.holds) and not (defect.steps and CELLS in held.holds)


def clean(base: str, form: str, folder: Path) -> tuple[str, ...]:
    """The codes for the clean twin; there should be none."""
    data = FORMS[form].write(defects.clean(base), folder)
    return audited(data, base, form).codes


def trial(defect: Defect, form: str, folder: Path) -> Outcome:
    """What is told of a defect."""
    if ARRAYS in FORMS[form].holds:  # rows of one length: padded ones
        defect = defect._replace(base=worlds.PADDED)
    data = FORMS[form].write(defects.planted(defect), folder)
    report = audited(data, defect.base, form)
    columns = (FORMS[form].columns or {}).get(defect.column, (defect.column,))
    held = [report.summary.columns[name].seen.get(defect.kind) for name in columns]
    seen = [one for one in held if one is not None]
    if not seen:
        return Outcome(report.codes)
    return Outcome(report.codes, sum(one.rows for one in seen), min(s.first[0].row for s in seen))


def expected(defect: Defect) -> Outcome:
    """What must be told."""
    if not defect.kind:
        return Outcome(tuple(defect.code.split()))
    return Outcome(tuple(defect.code.split()), len(defect.rows), defect.rows[0])


def audited(data: Any, contract: str, form: str = "") -> Any:
    """The audit of data in a form; one of a single input has no labels."""
    held = ALL.get(form)
    if held is not None and held.only:
        contract = next(one for one in contract.split("; ") if one.startswith(f"{held.only}:"))
        return saveguard.audit(data, contract)
    columns = held.columns if held is not None else None
    labels = {"labels": "y", "classes": worlds.CLASSES}
    return saveguard.audit(data, contract, columns=columns, **labels)


def forms(base: str) -> list[str]:
    """The forms that can hold the clean data."""
    needs = {RAGGED} if base == worlds.RAGGED else set()
    return [name for name, form in FORMS.items() if needs <= set(form.holds)]
