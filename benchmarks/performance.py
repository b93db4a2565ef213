"""The tables and the page of what a save costs."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from page_table import table
from start import Started

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
TIMES = ("model.save", "model.save + fsync", "write part", "prove=False", "saveguard.save")


class Cost(NamedTuple):
    """What one size costs: medians in seconds, ratios to Keras with a flush, peaks in bytes."""

    size: str
    seconds: dict[str, float]
    ratios: dict[str, float]
    peaks: dict[str, int]
    runs: int


def tables(costs: list[Cost], started: Started) -> str:
    """Times, ratios, memory and start."""
    times = [[c.size, *(f"{1000 * c.seconds[name]:,.0f}" for name in TIMES)] for c in costs]
    ratios = [[c.size, *(f"{c.ratios[name]:.2f}" for name in TIMES)] for c in costs]
    names = ["model.save", "saving", "proving"]
    peaks = [[c.size, *(f"{c.peaks[name] / 1e6:,.0f}" for name in names)] for c in costs]
    memory = ["MB", "model.save", "saveguard.save", "the process that proves it"]
    start = [
        ["python -c pass", f"{1000 * started.empty:.1f}", "1.00"],
        ["python -c 'import saveguard'", f"{1000 * started.importing:.1f}", f"{started.ratio:.2f}"],
    ]
    return "\n\n".join(
        [
            table(["milliseconds", *TIMES], times),
            table(["ratio", *TIMES], ratios),
            table(memory, peaks),
            table(["start", "milliseconds", "ratio"], start),
        ]
    )


def page(costs: list[Cost], started: Started) -> str:
    """The text of docs/performance.md."""
    times, ratios, memory, start = tables(costs, started).split("\n\n")
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    return f"""\
# Performance

What a save costs in time and memory, by plain Keras and by Saveguard, in one run.
Written by `make bench` (`benchmarks/save.py`); do not edit.

Keras {version("keras")} on {backend}, Python {platform.python_version()}, {platform.system()}, \
{os.cpu_count()} cores that other programs use too: read the ratios, not the milliseconds.

## Time

Medians of {costs[0].runs} turns. Each turn makes every kind of save over the same file.

{times}

The same as medians of the ratios to `model.save` + fsync within one turn:

{ratios}

- **model.save**: returns before the file is on the disk.
- **model.save + fsync**: the same, and then the file is flushed, so that it outlives a power cut.
- **write part**: what `saveguard.save` takes to write, checksum, flush and rename the file.
- **prove=False**: all of `saveguard.save` without the proof. Beside the write part it reads the
  model for the rules, and calls it twice on the example.
- **saveguard.save**: all of it, with the proof in a process that is warm (the first proof also
  starts that process, which imports Keras).

## Memory

What one save takes beyond what the process holds already, at its peak.

{memory}

The proof holds the reloaded model, in another process, and what Keras needs to load it.

## Start

{start}
"""
