"""The tables and the page of what a check costs."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from page_table import table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "checking.md"


class Row(NamedTuple):
    """One program: median seconds, the most bytes it held, and its time in times of the first."""

    name: str
    seconds: float
    peak: int
    ratio: float


class Comparison(NamedTuple):
    """Programs that do the same."""

    title: str
    rows: list[Row]
    runs: int


def tables(found: list[Comparison], count: int) -> str:
    """Times, ratios and memory."""
    many, *others = found
    rates = [
        [r.name, f"{r.seconds:.2f}", f"{count / r.seconds:,.0f}", f"{r.ratio:.1f}", _megabytes(r)]
        for r in many.rows
    ]
    times = [
        [each.title, r.name, f"{1000 * r.seconds:,.0f}", f"{r.ratio:.2f}", _megabytes(r)]
        for each in others
        for r in each.rows
    ]
    first = f"times of {many.rows[0].name}"
    return "\n\n".join(
        [
            table([many.title, "s", "archives a second", first, "peak MB"], rates),
            table(["", "program", "ms", "times of the first", "peak MB"], times),
        ]
    )


def _megabytes(row: Row) -> str:
    return f"{row.peak / 1e6:,.0f}"


def page(found: list[Comparison], count: int) -> str:
    """The text of docs/checking.md."""
    rates, times = tables(found, count).split("\n\n")
    names = {row.name for each in found for row in each.rows}
    without = "" if "modelscan" in names else "modelscan was not there in this run.\n\n"
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    return f"""\
# What a check costs

Time and memory of `saveguard check`, beside loading the same files with Keras and scanning them
with modelscan, in one run. Written by `make bench-check` (`benchmarks/check.py`); do not edit.

Keras {version("keras")} on {backend}, Python {platform.python_version()}, {platform.system()}, \
{os.cpu_count()} cores that other programs use too: read the ratios, not the milliseconds.

{without}Every time is the median of whole processes, start-up included, and every program runs in
turn with the others. Memory is the most that one process held.

## Many files

Half of them `.keras`, half `.h5`: dense, recurrent, convolutional and functional models.

{rates}

## One file

{times}

A check reads every value of the weights once, in blocks, so that what is not finite is found; its
memory does not grow with the file. `saveguard inspect --config` reads the configuration alone.
"""
