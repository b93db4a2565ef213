"""Saves that are killed by the thousand, in the foreground and in the background, of small models.

    python benchmarks/many_kills.py                                1,000 kills; writes docs/kills.md
    python benchmarks/many_kills.py --kills 100 --kept rows.json   a portion, added to earlier ones
    python benchmarks/many_kills.py --kills 0 --kept rows.json     only writes the page

Each kill is as those of `faults.py`: of a fork of one process that has imported Keras, so that it
costs little more than its save. Exits with 1 if a file was lost or left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import kills
from page_table import table
from subject import SIZES, Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "kills.md"
HEADINGS = ("saved by", "size", "killed", "old", "new", "lost", "strays", "seconds of a save")
UNPROVEN, PROVEN = "saveguard.save(prove=False)", "saveguard.save"
BEHIND = "saveguard.save(prove=False, background=True)"
PROVEN_BEHIND = "saveguard.save(background=True)"
# Of a hundred kills, how many go to which way of saving, and to which size.
PLAN = {
    (UNPROVEN, "1 MB"): 36,
    (BEHIND, "1 MB"): 36,
    (UNPROVEN, "5 MB"): 8,
    (BEHIND, "5 MB"): 8,
    (PROVEN, "1 MB"): 6,
    (PROVEN_BEHIND, "1 MB"): 6,
}


class Killed(NamedTuple):
    """What kills did to one way of saving, at one size; `strays` lists names, without doubles."""

    saver: str
    size: str
    tried: int = 0
    old: int = 0
    new: int = 0
    lost: int = 0
    strays: tuple[str, ...] = ()
    seconds: float = 0.0

    def with_row(self, row: Row, seconds: float) -> Killed:
        """The sum of this and of one more run."""
        strays = {*self.strays, *(() if row.strays == "none" else row.strays.split(", "))}
        counts = (self.tried + row.tried, self.old + row.old, self.new + row.new)
        found = tuple(sorted(strays))
        return Killed(self.saver, self.size, *counts, self.lost + row.lost, found, seconds)


def every(found: dict[tuple[str, str], Killed], number: int, seed: int) -> None:
    """So many kills more, in the shares of `PLAN`, added to what was found before."""
    for (saver, size), share in PLAN.items():
        before = found.get((saver, size), Killed(saver, size))
        with tempfile.TemporaryDirectory() as folder:
            part = max(1, round(number * share / 100))
            row, seconds = kills.run(Path(folder), saver, SIZES[size], part, seed, samples=25)
        found[saver, size] = before.with_row(row, seconds)


def told(found: list[Killed]) -> str:
    """The table."""
    rows = [
        [
            *(one.saver, one.size, *map(str, (one.tried, one.old, one.new, one.lost))),
            *(", ".join(one.strays) or "none", f"{one.seconds:.2f}"),
        ]
        for one in found
    ]
    return table(HEADINGS, rows)


def page(found: list[Killed]) -> str:
    """The text of docs/kills.md."""
    whole, lost = sum(one.tried for one in found), sum(one.lost for one in found)
    return f"""\
# Saves that are killed

Written by `make kills-writer` (`benchmarks/many_kills.py`); do not edit.

Keras {version("keras")} on {os.environ.get("KERAS_BACKEND", "tensorflow")}, Python \
{platform.python_version()}, {platform.system()}.

**{whole:,} saves were killed: {lost} files lost.**

{told(found)}

- Each save goes over a good file, in a process that SIGKILL ends at a moment drawn uniformly from
  the duration of the save. Kills that came after its end do not count and were repeated.
- **old**, **new**: how often the target then was exactly the old or exactly the new file. Every
  weight of a model has one value, its marker; each file is read whole, with its checksums, and of
  those kept every twenty-fifth is also loaded by `keras.saving.load_model`.
- **lost**: how often it was neither: no file, half a file, or a file of two models.
- **strays**: what lies beside the target after the next save.
- In the background, all weights are set to others as soon as `save` has returned, and the process
  goes on until the save is done: a file with any of those would count as lost.
- Other faults, and plain Keras beside it, are in [Faults](faults.md).
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", type=Path, help="the counts of earlier portions, in JSON")
    parser.add_argument("--no-page", action="store_true", help="only print the table")
    options = parser.parse_args()
    found: dict[tuple[str, str], Killed] = {}
    if options.kept and options.kept.exists():
        for row in json.loads(options.kept.read_text(encoding="utf-8")):
            found[row[0], row[1]] = Killed(*row)
    if options.kills:
        every(found, options.kills, options.seed)
    rows = list(found.values())
    print(told(rows))
    if options.kept:
        options.kept.write_text(json.dumps(rows), encoding="utf-8")
    if not options.no_page:
        PAGE.write_text(page(rows), encoding="utf-8")
    return int(any(one.lost or one.strays for one in rows))


if __name__ == "__main__":
    sys.exit(main())
