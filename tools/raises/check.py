"""Whether `saveguard.explain` says of a raise what the table says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from releases import installed
from sample import traceback
from table import Row

from saveguard.diagnosis.report import explain

# What is raised again, or says what another exception says, is explained as that.
OF_OTHERS = {"again", "hole", "ends", "abstract", "frames"}


def faults(rows: Iterable[Row]) -> Iterator[str]:
    """A line for each row that is not explained as it says."""
    for row in rows:
        if bool(row.code) == bool(row.why):
            yield f"{row.last or row.first}: neither a code nor a reason, or both: {row.says[:90]}"
        elif row.why not in OF_OTHERS:
            for told in explained(row):
                if told != row.code:
                    yield f"{row.code or row.why}, explained {told or 'not'}: {_head(row)}"
                    break


def explained(row: Row) -> Iterator[str]:
    """The code that comes first for the row's oldest and newest place; nothing for none."""
    for release, module, line, function in row.places:
        text = traceback(row.kind, row.says, installed(release, module), line, function)
        yield next(iter(explain(text).codes), "")


def _head(row: Row) -> str:
    release, module, _, function = row.places[-1]
    return f"{release} {module} {function}: {row.kind}: {row.says[:120]}"
