"""Plant twenty defects in ten models, and find each before training; sound models stay silent.

    python -m tools.preflight [--host TEXT] [--only planted|controls] [--keep FILE]
    python -m tools.preflight --read FILE...     the page of kept trials

A run with `--keep` goes on where an earlier one with the same file was stopped. Exits with 1 if a
defect was missed or a sound model was not left in peace.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tools.preflight.page import Found

PAGE = Path(__file__).resolve().parents[2] / "docs" / "defects.md"


def main() -> int:
    """Try all of it, write the page."""
    options = _options()
    from tools.preflight import page

    found = page.Found()
    for path in options.read or ():
        found += _kept(path)
    if not options.read:
        found = _run(options)
    if not options.keep and not options.host:
        PAGE.write_text(page.text(found), encoding="utf-8")
    print(page.summary(found))
    return int(not found.right)


def _run(options: argparse.Namespace) -> Found:
    """Each verdict is kept as soon as it is known: all of it takes an hour."""
    found = _kept(options.keep) if options.keep else _kept(None)
    for one in _tried(options, found.names):
        found += one
        if options.keep:
            with options.keep.open("ab") as file:
                file.write(msgspec.json.encode(one) + b"\n")
        print("." if one.right else "X", end="", flush=True, file=sys.stderr)
    return found


def _kept(path: Path | None) -> Found:
    """What a file of verdicts holds, one a line."""
    from tools.preflight.page import Found

    found = Found()
    if path is not None and path.exists():
        for line in path.read_bytes().splitlines():
            found += msgspec.json.decode(line, type=Found)
    return found


def _tried(options: argparse.Namespace, known: set[tuple[str, ...]]) -> Iterator[Found]:
    """One verdict after the other, but for those that are known."""
    warnings.simplefilter("ignore")
    from tools.preflight import backbones, controls, planting
    from tools.preflight.defects import DEFECTS
    from tools.preflight.hosts import HOSTS
    from tools.preflight.page import Found

    if options.only != "controls":
        with tempfile.TemporaryDirectory() as folder:
            for host in (host for host in HOSTS if options.host in host.name):
                for defect in DEFECTS:
                    if (host.name, defect.name) not in known:
                        yield Found(trials=(planting.planted(host, defect, Path(folder)),))
    if options.only != "planted":
        made = dict(controls.applications(options.host)) | dict(backbones.backbones(options.host))
        for name, make in made.items():
            if (name,) not in known:
                yield Found(sound=(controls.tried(name, make),))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="", help="only models whose name has this text")
    parser.add_argument("--only", choices=("planted", "controls"))
    parser.add_argument("--keep", type=Path, help="a file of verdicts to go on with, and no page")
    parser.add_argument("--read", type=Path, nargs="+", help="write the page of kept trials")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
