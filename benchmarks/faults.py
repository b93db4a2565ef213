"""What is left of a good file when the next save goes wrong: Saveguard and plain Keras, in one run.

    python benchmarks/faults.py                  100 kills at 200 MB; writes docs/faults.md
    python benchmarks/faults.py --kills 10 --size '5 MB' --no-page

Exits with 1 if Saveguard lost a file or left one behind.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import kills
import refused
import writers
from page_table import table
from subject import SIZES, Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "faults.md"
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
  were kept, every tenth was also loaded by `keras.saving.load_model`, and its weights compared.
- **get_config raises**: a layer's `get_config` raises a `ValueError`. `saveguard.save` lets it
  pass, and writes what can be saved into `model.rescue.h5`, which is not counted as a stray.
- **full disk**: a model of 10 MB over a file of 1 MB on a small tmpfs, with room for a part of it.
  As the old file stays until the new one is whole, `saveguard.save` needs room for both.
- **full disk, small tensors**: 30 tensors of 256 bytes, most of whose file HDF5 writes at its end.
- **read-only directory**: a tmpfs that is mounted read-only.
- **two writers at once**: {writers.WRITERS} processes save different models of 5 MB to one path
  again and again, while another reads it.
"""


def every(options: argparse.Namespace, folder: Path) -> tuple[list[Row], dict[str, float], str]:
    """All rows, how long an undisturbed save takes by each saver, and why faults were skipped."""
    rows, seconds = [], {}
    for row, took in kills.every(folder, options.kills, SIZES[options.size]):
        rows.append(row)
        seconds[row.saver] = took
    skipped = refused.mounts_allowed()
    rows += refused.rows_of(folder, mounts=not skipped)
    savers = ("model.save", "saveguard.save(prove=False)")
    rows += [writers.run(folder, saver, options.seconds) for saver in savers]
    return rows, seconds, skipped


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--size", choices=SIZES, default="200 MB")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long two writers write")
    parser.add_argument("--no-page", action="store_true", help="only print the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, seconds, skipped = every(options, Path(folder))
    print(told(rows))
    if skipped:
        print(f"skipped: full disk and read-only directory: {skipped}")
    if not options.no_page:
        PAGE.write_text(page(rows, options.size, seconds, skipped), encoding="utf-8")
    ours = [row for row in rows if row.saver.startswith("saveguard")]
    return int(any(row.lost or row.strays != "none" for row in ours))


if __name__ == "__main__":
    sys.exit(main())
