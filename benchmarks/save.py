"""What a save costs in time and memory: Keras, Saveguard, NumPy, safetensors, Orbax and raw bytes.

    python benchmarks/save.py                               all of it; writes docs/performance.md
    python benchmarks/save.py --sizes '10 MB' --runs 21     only prints the tables

The ways of saving take turns, so that what else the machine does falls on all of them alike, and
the ratios are medians of the ratios within one turn. Each backend and size is measured in a process
of its own. What is not installed is left out; the dependency group `bench` has it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import performance
import rivals
import start
import subject
from settled import settle
from subject import SIZES, Size

TIMED = ("10 MB", "200 MB", "1 GB", "2,000 x 4 KB")
PEAK = Path(__file__).with_name("peak.py")
BASE = "model.save + fsync"


class Times(NamedTuple):
    """Seconds of one turn, by way of saving."""

    seconds: dict[str, float]

    def ratio(self, name: str, base: str = BASE) -> float:
        """How long one way took, in times of another."""
        return self.seconds[name] / self.seconds[base]


def _keras(model: Any, path: Path) -> dict[str, float]:
    return {"model.save": _seconds(lambda: model.save(path))}


def _keras_flushed(model: Any, path: Path) -> dict[str, float]:
    def save() -> None:
        model.save(path)
        with open(path, "rb") as file:
            os.fsync(file.fileno())

    return {BASE: _seconds(save)}


def _unproven(model: Any, path: Path) -> dict[str, float]:
    import saveguard

    receipts = []
    whole = _seconds(lambda: receipts.append(saveguard.save(model, path, prove=False)))
    return {"prove=False": whole, performance.OURS: whole - receipts[0].seconds["golden"]}


def _proven(model: Any, path: Path) -> dict[str, float]:
    import saveguard

    return {"saveguard.save": _seconds(lambda: saveguard.save(model, path))}


Way = Callable[[Any, Path], dict[str, float]]
WAYS: list[Way] = [_keras, _keras_flushed, _unproven, _proven]


def _other(name: str, way: rivals.Saver) -> Way:
    return lambda model, path: {name: _seconds(lambda: way(model, path.with_suffix(".other")))}


def turns(size: Size, runs: int, folder: Path) -> list[Times]:
    """Every way in turn, over the same file, `runs` times after one turn that is not counted."""
    model, path = subject.build(size), folder / "model.keras"
    ways = WAYS + [_other(name, way) for name, way in rivals.present().items()]
    found = []
    for run in range(runs + 1):
        seconds: dict[str, float] = {}
        for way in ways[run % len(ways) :] + ways[: run % len(ways)]:
            settle(3 * size.bytes)
            seconds.update(way(model, path))
        found.append(Times(seconds))
        print(".", end="", flush=True, file=sys.stderr)
    return found[1:]


def _seconds(save: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    save()
    return time.perf_counter() - begin


def peak(size: str, saver: str) -> list[int]:
    """Bytes that one save takes at most: in its own process, and in the one that proves it."""
    command = [sys.executable, str(PEAK), size, saver]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [int(number) for number in done.stdout.split()[-2:]]


def measured(size: str, runs: int) -> performance.Cost:
    """The medians of one size."""
    with tempfile.TemporaryDirectory() as folder:
        found = turns(SIZES[size], runs, Path(folder))
    names = list(found[0].seconds)
    against = {
        base: statistics.median(turn.ratio(performance.OURS, base) for turn in found)
        for base in performance.GOALS
    }
    ours = peak(size, "saveguard.save")
    return performance.Cost(
        size=size,
        seconds={n: statistics.median(turn.seconds[n] for turn in found) for n in names},
        ratios={n: statistics.median(turn.ratio(n) for turn in found) for n in names},
        peaks={"model.save": peak(size, "model.save")[0], "saving": ours[0], "proving": ours[1]},
        runs=runs,
        against=against,
        backend=os.environ["KERAS_BACKEND"],
    )


def apart(backend: str, size: str, runs: int) -> performance.Cost:
    """The medians of one backend and size, from a process of its own."""
    command = [sys.executable, __file__, "--one", size, "--runs", str(runs)]
    given = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=given)
    return performance.Cost(**json.loads(done.stdout.splitlines()[-1]))


def _kept(folder: Path | None, backend: str, size: str, runs: int) -> performance.Cost:
    """A run may be made in pieces: what an earlier one has kept is not measured again."""
    if folder is None:
        return apart(backend, size, runs)
    file = folder / f"{backend} {size}.json"
    if not file.exists():
        file.write_text(json.dumps(apart(backend, size, runs)._asdict()), encoding="utf-8")
    return performance.Cost(**json.loads(file.read_text(encoding="utf-8")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(TIMED))
    parser.add_argument("--backends", nargs="+", default=["tensorflow", "jax"])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--skip", nargs="+", default=[], help="rows: 'jax 2,000 x 4 KB'")
    parser.add_argument("--one", choices=SIZES, help=argparse.SUPPRESS)
    parser.add_argument("--kept", type=Path, help="keep each size's figures here, and take them")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one, options.runs)._asdict()))
        return
    costs = [
        _kept(options.kept, backend, size, options.runs)
        for backend in options.backends
        for size in options.sizes
        if f"{backend} {size}" not in options.skip
    ]
    started = start.measured(3 * options.runs)
    print(f"\n{performance.tables(costs, started)}")
    if options.sizes == list(TIMED):
        text = performance.page(costs, started, options.skip)
        performance.PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
