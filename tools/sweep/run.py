"""Run every configuration of Keras's own layer tests through Saveguard, and write the table.

    python tools/sweep/run.py [--only PATTERN] [--limit N] [--workers N] [--out FILE]
    python tools/sweep/run.py --kept FOLDER --seconds 150     a portion, again and again: exits with
                                                              3 until all of it is done

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

UNFINISHED = 3
OUT = Path(__file__).parents[2] / "docs" / "fidelity.md"


def main() -> int:
    """Sweep, write the page, and exit with 1 if anything was a false alarm or was missed."""
    options = _options()
    if options.part is not None:
        return _work(options)
    import page
    from sweep import Outcome

    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        kept = options.kept or Path(folder)
        kept.mkdir(exist_ok=True)
        command = [sys.executable, *sys.argv, "--workers", str(options.workers)]
        command += ["--kept", str(kept)]
        workers = [
            subprocess.Popen([*command, "--part", str(index)]) for index in range(options.workers)
        ]
        codes = [worker.wait() for worker in workers]
        read = msgspec.json.Decoder(Outcome).decode_lines
        found = [one for part in kept.glob("*.jsonl") for one in read(part.read_bytes())]
    if set(codes) - {0, UNFINISHED}:
        return 2
    if any(codes):
        print(f"{len(found)} configurations so far; {time.monotonic() - start:.0f} s")
        return UNFINISHED
    options.out.write_text(page.text(found, _environment()))
    print(f"{page.summary(found)}; {time.monotonic() - start:.0f} s")
    return 1 if page.wrong(found) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="part of a test's or a layer's name")
    parser.add_argument("--limit", type=int, help="at most so many configurations")
    parser.add_argument("--workers", type=int, default=2, help="processes that share the work")
    parser.add_argument("--out", type=Path, default=OUT, help="the page to write")
    parser.add_argument("--kept", type=Path, help="a folder of what earlier portions found")
    parser.add_argument("--seconds", type=float, default=1e9, help="how long a portion takes")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _environment() -> str:
    import keras

    return f"Keras {keras.__version__} on {keras.backend.backend()}"


def _work(options: argparse.Namespace) -> int:
    """One process's share: every `workers`-th configuration, from number `part` on."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    from harvest import harvest
    from sweep import sweep

    done = {name for part in options.kept.glob("*.jsonl") for name in _names(part)}
    share = harvest(options.only)[: options.limit][options.part :: options.workers]
    left = [configuration for configuration in share if configuration.name not in done]
    end = time.monotonic() + options.seconds
    with open(options.kept / f"{options.part}.jsonl", "ab") as kept:
        for number, configuration in enumerate(left, 1):
            if time.monotonic() > end:
                return UNFINISHED
            folder = Path(tempfile.mkdtemp(prefix="sweep-"))
            with contextlib.redirect_stdout(io.StringIO()):
                outcome = sweep(configuration, folder)
            shutil.rmtree(folder)
            kept.write(msgspec.json.encode(outcome) + b"\n")
            if number % 50 == 0:
                print(f"process {options.part}: {number} of {len(left)}", file=sys.stderr)
    return 0


def _names(part: Path) -> list[str]:
    return [one["name"] for one in msgspec.json.Decoder().decode_lines(part.read_bytes())]


if __name__ == "__main__":
    sys.exit(main())
