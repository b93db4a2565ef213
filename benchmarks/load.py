"""Time loads by `keras.models.load_model` and by `saveguard.load`, and write the page.

    python benchmarks/load.py                               all of it; writes docs/loading.md
    python benchmarks/load.py --subjects '10 MB' --runs 9   only prints the table

Both load the same file, which Saveguard wrote, in turn, so that both find it in the page cache. The
ratios are medians of the ratios within one turn. Each backend and subject is measured in a process
of its own, and each peak in another.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import resident
import subject
from page_table import table
from settled import settle

PAGE = Path(__file__).resolve().parent.parent / "docs" / "loading.md"
CHAIN = "500 BatchNormalization"
# Of the time of `load_model`, and of the weights at the peak.
GOALS, MOST = {"200 MB": 0.33, "1 GB": 0.33, CHAIN: 0.1}, 1.3
SUBJECTS = ("10 MB", "200 MB", "1 GB", "2,000 x 4 KB", CHAIN)


class Cost(NamedTuple):
    """What one subject costs: medians in seconds and of ratios, peaks in bytes."""

    name: str
    backend: str
    weights: int
    keras: float
    ours: float
    unchecked: float
    ratio: float
    peaks: tuple[int, int]

    @property
    def row(self) -> str:
        """How a row of it is called."""
        return f"{self.name}, {self.backend}"


def build(name: str) -> Any:
    """The model of that name, uncompiled."""
    import keras

    if name != CHAIN:
        return subject.build(subject.SIZES[name])
    layers = [keras.layers.BatchNormalization() for _ in range(500)]
    model = keras.Sequential()
    model.add(keras.Input((8,)))
    for layer in layers:
        model.add(layer, rebuild=False)
    model.build((None, 8))
    return model


def _keras(path: str) -> Any:
    import keras

    return keras.models.load_model(path)


def _ours(path: str) -> Any:
    import saveguard

    return saveguard.load(path)


def _unchecked(path: str) -> Any:
    import saveguard

    return saveguard.load(path, verify_digests="never")


WAYS: dict[str, Callable[[str], Any]] = {"keras": _keras, "ours": _ours, "unchecked": _unchecked}


def turns(path: str, size: int, runs: int) -> list[dict[str, float]]:
    """Every way in turn, `runs` times after one turn that is not counted."""
    found = []
    for run in range(runs + 1):
        seconds = {}
        names = list(WAYS)
        for name in names[run % len(names) :] + names[: run % len(names)]:
            settle(3 * size, large=True)
            begin = time.perf_counter()
            model = WAYS[name](path)
            seconds[name] = time.perf_counter() - begin
            del model
        found.append(seconds)
        print(".", end="", flush=True, file=sys.stderr)
    return found[1:]


def peak(path: str, way: str) -> int:
    """Bytes that one load takes at most, in a process that has loaded something before."""
    command = [sys.executable, __file__, "--peak", way, path]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout.split()[-1])


def _peak(way: str, path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = f"{folder}/first.keras"
        subject.build(subject.Size(1, 1)).save(first)
        WAYS[way](first)
    gc.collect()
    resident.forget_peak()
    held = resident.bytes_of("VmRSS")
    model = WAYS[way](path)
    print(resident.bytes_of("VmHWM") - held)
    del model


def measured(name: str, runs: int) -> Cost:
    """The medians of one subject."""
    import saveguard

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.keras"
        model = build(name)
        weights = sum(array.nbytes for array in model.get_weights())
        saveguard.save(model, path, prove=False)
        del model
        found = turns(path, weights, runs)
        peaks = peak(path, "keras"), peak(path, "ours")
    middle = {way: statistics.median(turn[way] for turn in found) for way in WAYS}
    ratio = statistics.median(turn["ours"] / turn["keras"] for turn in found)
    return Cost(name, os.environ["KERAS_BACKEND"], weights, **middle, ratio=ratio, peaks=peaks)


def apart(backend: str, name: str, runs: int, kept: Path | None) -> Cost:
    """The medians of one backend and subject, from a process of its own, or from an earlier run."""
    file = kept and kept / f"{backend} {name}.json"
    if file is None or not file.exists():
        command = [sys.executable, __file__, "--one", name, "--runs", str(runs)]
        given = {**os.environ, "KERAS_BACKEND": backend}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=given)
        told = done.stdout.splitlines()[-1]
        if file is None:
            return Cost(**json.loads(told))
        file.write_text(told, encoding="utf-8")
    return Cost(**json.loads(file.read_text(encoding="utf-8")))


def tables(costs: list[Cost]) -> str:
    """Times and memory."""
    times = [
        [
            cost.row,
            *(f"{1000 * seconds:,.0f}" for seconds in (cost.keras, cost.ours, cost.unchecked)),
            f"{cost.ratio:.2f}" + (f" ({GOALS[cost.name]})" if cost.name in GOALS else ""),
        ]
        for cost in costs
    ]
    memory = [
        [
            cost.row,
            f"{cost.weights / 1e6:,.0f}",
            *(f"{peak / 1e6:,.0f}" for peak in cost.peaks),
            f"{cost.peaks[1] / cost.weights:.2f} ({MOST})" if cost.weights > 1e8 else "",
        ]
        for cost in costs
    ]
    head = ["milliseconds", "load_model", "saveguard.load", "digests never", "ratio"]
    return "\n\n".join(
        [
            table(head, times),
            table(["MB", "weights", "load_model", "saveguard.load", "of the weights"], memory),
        ]
    )


def page(costs: list[Cost], runs: int, skipped: list[str]) -> str:
    """The text of docs/loading.md."""
    rest = f"Not measured: {'; '.join(skipped)}.\n\n" if skipped else ""
    times, memory = tables(costs).split("\n\n")
    return f"""\
# What a load costs

`keras.models.load_model` and `saveguard.load` on the same file, which Saveguard wrote, in one run.
Written by `make bench-load` (`benchmarks/load.py`); do not edit.

Keras {version("keras")}, Python {platform.python_version()}, {platform.system()}, \
{os.cpu_count()} cores that other programs use too: read the ratios, not the milliseconds.

Medians of {runs} turns, each of which loads the file in every way. `saveguard.load` checks the
file against its checksums and digests before it gives the model back; with
`verify_digests="never"` only what is small is checked. In brackets stands what is aimed at.

{times}

{rest}## Memory

What one load takes beyond what the process holds already, at its peak, the model itself included.

{memory}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    parser.add_argument("--backends", nargs="+", default=["tensorflow", "jax"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kept", type=Path, help="keep each subject's figures here, and take them")
    parser.add_argument("--skip", nargs="+", default=[], help="rows: 'jax 2,000 x 4 KB'")
    parser.add_argument("--one", choices=SUBJECTS, help=argparse.SUPPRESS)
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        _peak(*options.peak)
        return
    if options.one:
        print(json.dumps(measured(options.one, options.runs)._asdict()))
        return
    costs = [
        apart(backend, name, options.runs, options.kept)
        for backend in options.backends
        for name in options.subjects
        if f"{backend} {name}" not in options.skip
    ]
    print(f"\n{tables(costs)}")
    if tuple(options.subjects) == SUBJECTS:
        PAGE.write_text(page(costs, options.runs, options.skip), encoding="utf-8")


if __name__ == "__main__":
    main()
