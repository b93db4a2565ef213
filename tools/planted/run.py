"""Plant every defect in every form, audit it, and write the table: `make planted`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

import saveguard  # noqa: E402
from tools.planted import broken, defects, pictures, trial, worlds  # noqa: E402
from tools.planted.defects import DEFECTS  # noqa: E402
from tools.planted.writers import ALL, FORMS, LIBRARIES  # noqa: E402

# The cells of a form, defect by defect; and the false alarms of its clean twins.
Column = dict[str, Any]

PAGE = ROOT / "docs/audit-planted.md"
HEAD = """# Planted truth

Written by `make planted`; do not edit. Each defect was planted at known rows of data in each form
that can hold it. `found` means: the audit told its code and no other, counted exactly the planted
rows, and named the first of them. `-` means that the form cannot hold it: an array has rows of one
length, a typed column has one type. The clean twins are the same data without the defect.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PATH",
        help="another interpreter, with Saveguard's dependencies, for forms whose libraries are"
        " not here: torch, grain",
    )
    parser.add_argument("--columns", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.columns:
        print(json.dumps({form: column(form) for form in given.columns.split(",")}))
        return
    columns = _columns(given.python)
    lines = [HEAD, *_table(columns), *_clean(columns), *_pictures(), *_broken()]
    PAGE.write_text("\n".join(lines) + "\n")
    print(f"{PAGE.relative_to(ROOT)} is written")


def _columns(pythons: list[str]) -> dict[str, Column]:
    """The columns of all forms, each by an interpreter that has its library."""
    found = {form: column(form) for form in FORMS}
    for python in pythons:
        asked = "import importlib.util as u; print([bool(u.find_spec(n)) for n in {!r}])"
        left = [form for form in ALL if form not in found]
        told = subprocess.check_output([python, "-c", asked.format([LIBRARIES[f] for f in left])])
        there = [form for form, has in zip(left, json.loads(told.lower()), strict=True) if has]
        if there:
            order = [python, __file__, "--columns", ",".join(there)]
            environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
            found |= json.loads(subprocess.check_output(order, env=environment))
    return {form: found[form] for form in ALL if form in found}


def column(form: str) -> Column:
    """What is found in one form: the cell of each defect, and what is told of its clean twins."""
    alarms = []
    for base in (worlds.RAGGED, worlds.PADDED):
        if form in trial.forms(base):
            with tempfile.TemporaryDirectory() as folder:
                alarms.append(list(trial.clean(base, form, Path(folder))))
    return {"cells": [_cell(defect, form) for defect in DEFECTS], "clean": alarms}


def _table(columns: dict[str, Column]) -> Iterator[str]:
    yield f"## {len(DEFECTS)} defects in {len(columns)} forms\n"
    yield "| planted | told | " + " | ".join(columns) + " |"
    yield "|---" * (len(columns) + 2) + "|"
    for at, defect in enumerate(DEFECTS):
        cells = [held["cells"][at] for held in columns.values()]
        yield f"| {defect.name} | {defect.code} | " + " | ".join(cells) + " |"


def _cell(defect: defects.Defect, form: str) -> str:
    if not trial.fits(defect, form):
        return "-"
    with tempfile.TemporaryDirectory() as folder:
        found = trial.trial(defect, form, Path(folder))
    return (
        "found" if found == trial.expected(defect) else f"**{' '.join(found.codes) or 'missed'}**"
    )


def _clean(columns: dict[str, Column]) -> Iterator[str]:
    twins = [alarms for held in columns.values() for alarms in held["clean"]]
    yield f"\n{len(twins)} clean twins: {sum(map(len, twins))} false alarms."
    absent = [f"{form} ({LIBRARIES[form]})" for form in ALL if form not in columns]
    yield f"Not tried, for want of a library: {', '.join(absent)}.\n" if absent else ""


def _pictures() -> Iterator[str]:
    yield f"## One odd image among {pictures.COUNT}\n"
    yield "| planted | told by the headers | told by the pixels, against a contract |"
    yield "|---|---|---|"
    for odd in pictures.ODD:
        cells = []
        for contract, due in ((None, odd.codes), (pictures.CONTRACT, odd.decoded)):
            with tempfile.TemporaryDirectory() as folder:
                codes = saveguard.audit(pictures.folder(Path(folder), odd), contract).codes
            told = " ".join(sorted(codes))
            cells.append(told if tuple(sorted(codes)) == due else f"**{told or 'missed'}**")
        yield f"| {odd.name} | {cells[0]} | {cells[1]} |"


def _broken() -> Iterator[str]:
    yield f"\n## Files that cannot be read, or not to their end ({broken.ROWS:,} rows each)\n"
    yield "| what | told | rows read |"
    yield "|---|---|---|"
    for one in broken.BROKEN:
        with tempfile.TemporaryDirectory() as folder:
            report = saveguard.audit(one.make(Path(folder)))
        told = " ".join(report.codes)
        told = told if report.codes == (one.code,) else f"**{told or 'missed'}**"
        yield f"| {one.name} | {told} | {report.summary.rows:,} |"


if __name__ == "__main__":
    main()
