"""The false-alarm control: save what is sound in every format, and let the check find nothing.

    python tools/controls/run.py [--only PATTERN] [--most N] [--workers N] [--out FILE]

Several processes share the work. Trials that were made in parts, each kept with --keep, become one
page with --read.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import logging
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from trial import Trial

OUT = Path(__file__).resolve().parents[2] / "docs" / "controls.md"


def main() -> int:
    """Try all of it, write the page, and exit with 1 if there was a false alarm."""
    options = _options()
    if options.part is not None:
        _work(options)
        return 0
    import listing

    start = time.monotonic()
    found = _kept(options.read) if options.read else _tried(options)
    if options.keep:
        options.keep.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
    options.out.write_text(listing.text(found, _environment(found)), encoding="utf-8")
    print(f"{listing.summary(found)}; {time.monotonic() - start:.0f} s")
    return 1 if listing.wrong(found) else 0


def _tried(options: argparse.Namespace) -> list[Trial]:
    """Every trial, made now by several processes."""
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder) / f"{index}.json" for index in range(options.workers)]
        command = [sys.executable, *sys.argv]
        workers = [
            subprocess.Popen([*command, "--part", str(index), "--out", str(part)])
            for index, part in enumerate(parts)
        ]
        codes = [worker.wait() for worker in workers]
        if any(codes):
            sys.exit(2)
        return _kept(parts)


def _kept(files: list[Path]) -> list[Trial]:
    """Trials that were kept in files, each file of one format once: a later file counts."""
    from trial import Trial

    read = msgspec.json.Decoder(list[Trial]).decode
    every = (one for file in files for one in read(file.read_bytes()))
    return list({(one.name, one.format): one for one in every}.values())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="part of a layer's or an architecture's name")
    parser.add_argument("--what", default="layers,applications", help="one of the two, or both")
    parser.add_argument("--most", type=int, default=10_000, help="configurations of one layer")
    parser.add_argument("--workers", type=int, default=2, help="processes that share the work")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin nothing after so many")
    parser.add_argument("--out", type=Path, default=OUT, help="the page to write")
    parser.add_argument("--keep", type=Path, help="a file for all trials, as JSON")
    parser.add_argument(
        "--read", type=Path, nargs="+", help="write the page of kept trials, and make none"
    )
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _environment(found: list[Trial]) -> str:
    import keras

    kinds = Counter((one.kind, one.format) for one in found if one.kind)
    most = max(kinds.values(), default=0)
    told = f"; at most {most} configuration{'s' * (most != 1)} of a layer" if most else ""
    return f"Keras {keras.__version__} on {keras.backend.backend()}{told}"


def _work(options: argparse.Namespace) -> None:
    """One process's share."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import subjects

    share = (options.only, options.part, options.workers)
    every = itertools.chain(
        subjects.applications(*share) if "applications" in options.what else (),
        subjects.layers(*share, options.most) if "layers" in options.what else (),
    )
    end = time.monotonic() + 60 * options.minutes
    with contextlib.redirect_stdout(io.StringIO()):
        found = list(itertools.takewhile(lambda _: time.monotonic() < end, every))
    options.out.write_bytes(msgspec.json.encode(found))


if __name__ == "__main__":
    sys.exit(main())
