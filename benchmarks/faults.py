"""What is left of a good file when the next save goes wrong: Saveguard and plain Keras, in one run.

    python benchmarks/faults.py                  100 kills at 200 MB; writes docs/faults.md
    python benchmarks/faults.py --kills 10 --size '5 MB' --no-page
    python benchmarks/faults.py --kills 10 --only kills --seed 3 --kept rows.json    a portion
    python benchmarks/faults.py --only --kept rows.json      only writes the page

Exits with 1 if Saveguard lost a file or left one behind.
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
import phases
import refused
import writers
from page_table import table
from subject import SAVERS, SIZES, Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "faults.md"
FAULTS = ["kills", "phases", "refused", "writers"]
ORDER = ["get_config raises", "a write that fails", *refused.DISKS, "read-only directory"]
ORDER += [writers.FAULT]
HEADINGS = ("fault", "saved by", "tried", "old", "new", "lost", "strays", "ended")


def told(rows: list[Row]) -> str:
    """The rows as a table."""
    return table(HEADINGS, [[str(cell) for cell in row] for row in rows])


def page(rows: list[Row], size: str, seconds: dict[str, float], skipped: str) -> str:
    """The text of docs/faults.md."""
    took = "\n  ".join(f"`{saver}` {each:.2f} s," for saver, each in seconds.items())
    missing = (
        f"\n**Not tried here**: full disk and read-only directory ({skipped}).\n" if skipped else ""
    )
    return f"""\
# Faults

What is left of a good file when the next save goes wrong, by plain Keras and by Saveguard.
Written by `make faults` (`benchmarks/faults.py`); do not edit.

Keras {version("keras")} on {os.environ.get("KERAS_BACKEND", "tensorflow")}, Python \
{platform.python_version()}, {platform.system()}.

{told(rows)}
{missing}
- **tried**: how often the fault was provoked; for two writers, how often the file was read.
- **old**, **new**: how often the target then was exactly the old or exactly the new file. Every
  weight of a model has one value, its marker; each file is read whole, with its checksums.
- **lost**: how often it was neither: no file, half a file, or a file that does not open. For two
  writers: how often a reader found no whole file.
- **strays**: what lies beside the target after the next save.
- **ended**: what the caller sees, with the codes of the diagnosis that rides on the error.

## What was done

- **SIGKILL in the middle of the save**: a process saves a model of {size} over a good file and is
  killed at a moment drawn uniformly from the duration of the save, which left alone takes
  {took}
  medians of three. Kills that came after its end do not count and were repeated. Of the files that
  were kept, every tenth was also loaded by `keras.saving.load_model`, and its weights compared. In
  the background, all weights are set to others as soon as `save` has returned: a file with any of
  those would count as lost.
- **SIGKILL while …**: a background save of 20 MB with its proof is killed by itself at a moment
  drawn within that phase, while all weights of the model are others already.
- **get_config raises**: a layer's `get_config` raises a `ValueError`. `saveguard.save` lets it
  pass, and writes what can be saved into `model.rescue.h5`, which is not counted as a stray.
- **a write that fails**: the system lets no file grow beyond a part of what is to be written
  (`RLIMIT_FSIZE`), and ends the write in the middle with an error (EFBIG).
- **full disk**: a model of 10 MB over a file of 1 MB on a small tmpfs, with room for a part of it.
  As the old file stays until the new one is whole, `saveguard.save` needs room for both.
- **full disk, small tensors**: 30 tensors of 256 bytes, most of whose file HDF5 writes at its end.
- **read-only directory**: a tmpfs that is mounted read-only.
- **two writers at once**: {writers.WRITERS} processes save different models of 5 MB to one path
  again and again, while another reads it.
"""


class Found(NamedTuple):
    """What was found so far: rows, seconds of an undisturbed save by saver, why faults were left.

    The counts of kills add up; any other row takes the place of an earlier one.
    """

    rows: dict[tuple[str, str], Row]
    seconds: dict[str, float]
    skipped: str = ""

    def add(self, row: Row) -> None:
        """One more row."""
        before = self.rows.get((row.fault, row.saver))
        if before is not None and row.fault.startswith("SIGKILL"):
            counts = [sum(pair) for pair in zip(before[2:6], row[2:6], strict=True)]
            strays = sorted({*before.strays.split(", "), *row.strays.split(", ")} - {"none"})
            row = Row(*row[:2], *counts, ", ".join(strays) or "none", row.ended)
        self.rows[row.fault, row.saver] = row


def run(options: argparse.Namespace, folder: Path, found: Found) -> Found:
    """Provoke the faults that are asked for, and add what they did."""
    size = SIZES[options.size]
    if "kills" in options.only:
        for row, took in kills.every(folder, options.kills, size, options.seed):
            found.add(row)
            found.seconds[row.saver] = took
    if "phases" in options.only:
        for row in kills.in_phases(folder, options.kills, SIZES["20 MB"], options.seed):
            found.add(row)
    if "refused" in options.only:
        found = found._replace(skipped=refused.mounts_allowed())
        for row in refused.rows_of(folder, not found.skipped, refused.UNPROVEN):
            found.add(row)
    if "writers" in options.only:
        for saver in refused.UNPROVEN:
            found.add(writers.run(folder, saver, options.seconds))
    return found


def kept(path: Path | None) -> Found:
    """What earlier portions found."""
    if path is None or not path.exists():
        return Found({}, {})
    held = json.loads(path.read_text(encoding="utf-8"))
    rows = [Row(*cells) for cells in held["rows"]]
    return Found({row[:2]: row for row in rows}, held["seconds"], held["skipped"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", choices=SIZES, default="200 MB")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long two writers write")
    parser.add_argument("--only", nargs="*", choices=FAULTS, default=FAULTS)
    parser.add_argument("--kept", type=Path, help="what earlier portions found, in JSON")
    parser.add_argument("--no-page", action="store_true", help="only print the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(options, Path(folder), kept(options.kept))
    rows = sorted(found.rows.values(), key=lambda row: (_rank(row), list(SAVERS).index(row.saver)))
    if options.kept:
        held = {"rows": rows, "seconds": found.seconds, "skipped": found.skipped}
        options.kept.write_text(json.dumps(held), encoding="utf-8")
    print(told(rows))
    if found.skipped:
        print(f"skipped: full disk and read-only directory: {found.skipped}")
    if not options.no_page:
        PAGE.write_text(page(rows, options.size, found.seconds, found.skipped), encoding="utf-8")
    ours = [row for row in rows if row.saver.startswith("saveguard")]
    return int(any(row.lost or row.strays != "none" for row in ours))


def _rank(row: Row) -> int:
    """The order of faults: kills, their phases, and the others as they were found."""
    killed = [kills.FAULT, *(f"SIGKILL while {phase}" for phase in phases.PHASES)]
    return (killed + ORDER).index(row.fault)


if __name__ == "__main__":
    sys.exit(main())
