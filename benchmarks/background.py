"""How long a save in the background holds a training up: beside a plain copy of the same arrays.

    python benchmarks/background.py                        writes docs/background-cost.md
    python benchmarks/background.py --sizes '10 MB' --runs 3 --no-page

A plain copy is `numpy.copy` of every variable of the model and of its optimizer, into memory that
the system gives it, as the first copy of a save is. The two take turns, and the ratios are medians
of those within one turn. KERAS_BACKEND chooses the backend.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import subject
from page_table import table
from settled import settle

PAGE = Path(__file__).resolve().parent.parent / "docs" / "background-cost.md"
SIZES = ("10 MB", "200 MB", "1 GB", "2,000 x 4 KB")


class Turn(NamedTuple):
    """Seconds of one turn.

    Attributes:
        plain: A copy of the arrays, into fresh memory.
        blocked: Until `saveguard.save(background=True)` returns, with memory of its own.
        again: The same into memory that was used before, as a series of checkpoints has it.
        whole: Until the file of the first is proven and in its place, with nothing beside it.
    """

    plain: float
    blocked: float
    again: float
    whole: float


def turns(size: str, runs: int, folder: Path) -> list[Turn]:
    """`runs` turns after one that is not counted, in which the process of the proofs starts."""
    import numpy as np

    from saveguard.persist.save import start
    from saveguard.persist.snapshot import Memory

    model, memory = subject.build(subject.SIZES[size]), Memory()
    rows = subject.SIZES[size].rows
    x = np.random.default_rng(0).normal(size=(8, rows)).astype("float32")
    path, found = folder / "model.keras", []

    def saved(memory: Memory | None) -> tuple[float, float]:
        begin = time.perf_counter()
        saving = start(model, path, x, memory=memory)
        blocked = time.perf_counter() - begin
        saving.result()
        return blocked, time.perf_counter() - begin

    for _ in range(runs + 1):
        settle(3 * subject.SIZES[size].bytes, large=True)
        plain = _seconds(lambda: _copied(model))
        settle(3 * subject.SIZES[size].bytes, large=True)
        blocked, whole = saved(None)
        again, _ = saved(memory)
        found.append(Turn(plain, blocked, again, whole))
    return found[1:]


def _copied(model: Any) -> list[Any]:
    """A plain copy of each array, where NumPy can read it in place."""
    import numpy as np

    from saveguard.persist import snapshot

    return [np.copy(snapshot.readable(one)) for one in snapshot.variables(model)]


def _seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    kept = work()
    took = time.perf_counter() - begin
    del kept
    return took


def told(found: dict[str, list[Turn]]) -> str:
    """The table."""
    heads = ("", "plain copy", "blocked", "ratio", "blocked again", "ratio again", "whole save")
    rows = []
    for size, each in found.items():
        middle = Turn(*(statistics.median(column) for column in zip(*each, strict=True)))
        ratios = [statistics.median(t.blocked / t.plain for t in each)]
        ratios.append(statistics.median(t.again / t.plain for t in each))
        plain, blocked, again, whole = (f"{1000 * seconds:,.0f} ms" for seconds in middle)
        rows.append([size, plain, blocked, f"{ratios[0]:.2f}", again, f"{ratios[1]:.2f}", whole])
    return table(heads, rows)


def page(found: dict[str, list[Turn]]) -> str:
    """The text of docs/background-cost.md."""
    return f"""\
# What a save in the background holds up

Written by `make bench-background` (`benchmarks/background.py`); do not edit.

Keras {version("keras")} on {os.environ.get("KERAS_BACKEND", "tensorflow")}, Python \
{platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, no accelerator. Medians of
{len(next(iter(found.values())))} turns.

{told(found)}

- **plain copy**: `numpy.copy` of every variable, read in place, into memory new to the process. It
  and the first save each begin with memory that has just been touched: on a virtual machine the
  first touch of memory that lay idle costs a multiple of any later one.
- **blocked**: until `saveguard.save(model, path, example, background=True)` returns: the checks of
  the example, the configuration, and a copy of every variable into memory that is new, too.
- **blocked again**: the same into memory that an earlier copy has used, as `saveguard.Checkpoint`
  does from its second save on.
- **whole save**: until the file is proven and has its name, with nothing else to compute.

The models have weights and no optimizer; an optimizer's variables are copied in the same way.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", choices=subject.SIZES, default=list(SIZES))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--no-page", action="store_true", help="only print it")
    options = parser.parse_args()
    found = {}
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            found[size] = turns(size, options.runs, Path(folder))
    print(told(found))
    if not options.no_page:
        PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
