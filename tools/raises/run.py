"""Every `raise` in Keras's saving, serialisation, functional, input and training code.

    python tools/raises/run.py [--wheels FOLDER] [--check]

Reads the sources of the releases (wheels that FOLDER lacks are downloaded into it), brings
table.jsonl up to date with them, keeping what it says of codes and reasons, writes docs/raises.md,
and prints the coverage: of each release, how many raises there are, how many have a code, how many
a reason, and how many neither.

With --check nothing is read or written: of every row, a traceback with its message and place is
explained, and it must get the row's code first, or nothing where the row has a reason.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import page
import table
from check import faults
from extract import Raise, finished, raises
from releases import RELEASES, modules
from scope import area


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", type=Path, help="where the wheels are, or shall be kept")
    parser.add_argument("--check", action="store_true", help="only hold the table to explain")
    options = parser.parse_args()
    if options.check:
        wrong = list(faults(table.rows()))
        print("\n".join(wrong) or "every row is explained as it says")
        sys.exit(bool(wrong))
    with tempfile.TemporaryDirectory() as folder:
        wheels = options.wheels or Path(folder)
        found = {release: read(release, wheels) for release in RELEASES}
    rows = table.merged(found, table.rows())
    table.write(rows)
    counted = page.counted(found, rows)
    page.write(found, rows, counted)
    print(page.coverage(counted))


def read(release: str, wheels: Path) -> list[Raise]:
    """Every raise of a release's modules in scope."""
    return [
        finished(one)
        for path, source in modules(release, wheels)
        if area(path)
        for one in raises(path, source)
    ]


if __name__ == "__main__":
    main()
