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
OURS = "proof apart"
TIMES = ("model.save", "model.save + fsync", OURS, "prove=False", "saveguard.save")
OTHERS = ("raw write + fsync", "numpy.savez + fsync", "safetensors + fsync", "Orbax")
# How long a save may take, proof not counted, in times of each of these; None: no goal.
GOALS: dict[str, dict[str, float | None]] = {
    "model.save + fsync": {"10 MB": 0.8, "200 MB": 0.38, "1 GB": 0.38, "2,000 x 4 KB": 0.33},
    "model.save": {"200 MB": 0.5, "1 GB": 0.5},
    "raw write + fsync": {"200 MB": 1.1, "1 GB": 1.1},
}


class Cost(NamedTuple):
    """What one size costs: medians in seconds, ratios to Keras with a flush, peaks in bytes."""

    size: str
    seconds: dict[str, float]
    ratios: dict[str, float]
    peaks: dict[str, int]
    runs: int
    against: dict[str, float]
    backend: str

    @property
    def row(self) -> str:
        """How a row of it is called."""
        return f"{self.size}, {self.backend}"


def tables(costs: list[Cost], started: Started) -> str:
    """Goals, times, ratios, memory and start."""
    names = [name for name in TIMES + OTHERS if any(name in cost.seconds for cost in costs)]
    times = [[c.row, *(_milliseconds(c, name) for name in names)] for c in costs]
    ratios = [[c.row, *(_ratio(c, name) for name in names)] for c in costs]
    kinds = ["model.save", "saving", "proving"]
    peaks = [[c.row, *(f"{c.peaks[name] / 1e6:,.0f}" for name in kinds)] for c in costs]
    memory = ["MB", "model.save", "saveguard.save", "the process that proves it"]
    start = [
        ["python -c pass", f"{1000 * started.empty:.1f}", "1.00"],
        ["python -c 'import saveguard'", f"{1000 * started.importing:.1f}", f"{started.ratio:.2f}"],
    ]
    return "\n\n".join(
        [
            table(["ratio (goal) to", *GOALS], [[c.row, *_goals(c)] for c in costs]),
            table(["milliseconds", *names], times),
            table(["ratio", *names], ratios),
            table(memory, peaks),
            table(["start", "milliseconds", "ratio"], start),
        ]
    )


def _goals(cost: Cost) -> list[str]:
    """The ratios that are held to a goal, each with the goal."""
    found = []
    for base, goals in GOALS.items():
        goal = goals.get(cost.size)
        found.append(f"{cost.against[base]:.2f}" + (f" ({goal:.2f})" if goal else ""))
    return found


def _milliseconds(cost: Cost, name: str) -> str:
    return f"{1000 * cost.seconds[name]:,.0f}" if name in cost.seconds else "-"


def _ratio(cost: Cost, name: str) -> str:
    return f"{cost.ratios[name]:.2f}" if name in cost.ratios else "-"


def page(costs: list[Cost], started: Started, skipped: list[str]) -> str:
    """The text of docs/performance.md."""
    rest = f"\n\nNot measured: {'; '.join(skipped)}." if skipped else ""
    goals, times, ratios, memory, start = tables(costs, started).split("\n\n")
    return f"""\
# Performance

What a save costs in time and memory: Keras, Saveguard, and others that write weights, in one run.
Written by `make bench` (`benchmarks/save.py`); do not edit.

Keras {version("keras")}, Python {platform.python_version()}, {platform.system()}, \
{os.cpu_count()} cores that other programs use too: read the ratios, not the milliseconds.

## Save, proof not counted

`saveguard.save(model, path, prove=False)`, from the call to its return, but for the call of the
model on an example, whose outputs are recorded as what a proof then compares: rules look at the
model, the file is written, every array and member gets its digest, the file is flushed to the disk,
takes its name, and its folder is flushed. Here in times of other ways, and in brackets what is
aimed at:

{goals}{rest}

## Time

Medians of {costs[0].runs} turns. Each turn makes every kind of save over the same file.

{times}

The same as medians of the ratios to `model.save` + fsync within one turn:

{ratios}

- **model.save**: returns before the file is on the disk.
- **model.save + fsync**: the same, and then the file is flushed, so that it outlives a power cut.
- **proof apart**: as above, without the call whose outputs are recorded.
- **prove=False**: the same with that call; nothing is reloaded.
- **saveguard.save**: all of it, with the proof in a process that is warm (the first proof also
  starts that process, which imports Keras).
- **raw write + fsync**: the bytes of the weights, one array behind the other, and a flush.
- **numpy.savez**, **safetensors**: the weights alone, and a flush. **Orbax**: a folder, by its
  `PyTreeCheckpointer`, which takes JAX's arrays. `-`: not installed, or not for that backend.

## Memory

What one save takes beyond what the process holds already, at its peak.

{memory}

The proof holds the reloaded model, in another process, and what Keras needs to load it.

## Start

{start}
"""
