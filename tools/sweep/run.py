"""Run every configuration of Keras's own layer tests through Saveguard, and write the table.

    python tools/sweep/run.py [--only PATTERN] [--limit N] [--workers N] [--out FILE]

The backend is that of the environment variable KERAS_BACKEND. Several processes share the work:
each collects all configurations and takes every so many-th.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import msgspec

OUT = Path(__file__).parents[2] / "docs" / "fidelity.md"


def main() -> int:
    """Sweep, write the page, and exit with 1 if anything was a false alarm or was missed."""
    options = _options()
    if options.part is not None:
        _work(options)
        return 0
    import page
    from sweep import Outcome

    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder) / f"{index}.json" for index in range(options.workers)]
        command = [sys.executable, *sys.argv, "--workers", str(options.workers)]
        workers = [
            subprocess.Popen([*command, "--part", str(index), "--out", str(part)])
            for index, part in enumerate(parts)
        ]
        codes = [worker.wait() for worker in workers]
        if any(codes):
            return 2
        read = msgspec.json.Decoder(list[Outcome]).decode
        found = [one for part in parts for one in read(part.read_bytes())]
    options.out.write_text(page.text(found, _environment()))
    print(f"{page.summary(found)}; {time.monotonic() - start:.0f} s")
    return 1 if page.wrong(found) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="part of a test's or a layer's name")
    parser.add_argument("--limit", type=int, help="at most so many configurations")
    parser.add_argument("--workers", type=int, default=2, help="processes that share the work")
    parser.add_argument("--out", type=Path, default=OUT, help="the page to write")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _environment() -> str:
    import keras

    return f"Keras {keras.__version__} on {keras.backend.backend()}"


def _work(options: argparse.Namespace) -> None:
    """One process's share: every `workers`-th configuration, from number `part` on."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    from harvest import harvest
    from sweep import sweep

    share = harvest(options.only)[: options.limit][options.part :: options.workers]
    found = []
    for number, configuration in enumerate(share, 1):
        folder = Path(tempfile.mkdtemp(prefix="sweep-"))
        with contextlib.redirect_stdout(io.StringIO()):
            found.append(sweep(configuration, folder))
        shutil.rmtree(folder)
        if number % 50 == 0:
            print(f"process {options.part}: {number} of {len(share)}", file=sys.stderr)
    options.out.write_bytes(msgspec.json.encode(found))


if __name__ == "__main__":
    sys.exit(main())
