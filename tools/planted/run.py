"""Plant every defect in every form, audit it, and write the table: `make planted`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

import saveguard  # noqa: E402
from tools.planted import broken, defects, pictures, trial, worlds  # noqa: E402
from tools.planted.defects import DEFECTS  # noqa: E402
from tools.planted.writers import FORMS  # noqa: E402

PAGE = ROOT / "docs/audit-planted.md"
HEAD = """# Planted truth

Written by `make planted`; do not edit. Each defect was planted at known rows of data in each form
that can hold it. `found` means: the audit told its code and no other, counted exactly the planted
rows, and named the first of them. `-` means that the form cannot hold it: an array has rows of one
length, a typed column has one type. The clean twins are the same data without the defect.
"""


def main() -> None:
    lines = [HEAD, *_table(), *_clean(), *_pictures(), *_broken()]
    PAGE.write_text("\n".join(lines) + "\n")
    print(f"{PAGE.relative_to(ROOT)} is written")


def _table() -> Iterator[str]:
    yield f"## {len(DEFECTS)} defects in {len(FORMS)} forms\n"
    yield "| planted | told | " + " | ".join(FORMS) + " |"
    yield "|---" * (len(FORMS) + 2) + "|"
    for defect in DEFECTS:
        cells = [_cell(defect, form) for form in FORMS]
        yield f"| {defect.name} | {defect.code} | " + " | ".join(cells) + " |"


def _cell(defect: defects.Defect, form: str) -> str:
    if not trial.fits(defect, form):
        return "-"
    with tempfile.TemporaryDirectory() as folder:
        found = trial.trial(defect, form, Path(folder))
    return (
        "found" if found == trial.expected(defect) else f"**{' '.join(found.codes) or 'missed'}**"
    )


def _clean() -> Iterator[str]:
    told, count = [], 0
    for base in (worlds.RAGGED, worlds.PADDED):
        for form in trial.forms(base):
            with tempfile.TemporaryDirectory() as folder:
                told += trial.clean(base, form, Path(folder))
            count += 1
    yield f"\n{count} clean twins: {len(told)} false alarms.\n"


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
