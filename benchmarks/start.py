"""What `import saveguard` costs: against an empty program, taking turns, in fresh processes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import NamedTuple

PROGRAMS = ("pass", "import saveguard")


class Started(NamedTuple):
    """Medians: seconds of each program, and the ratio within one turn."""

    empty: float
    importing: float
    ratio: float


def measured(runs: int) -> Started:
    """Both programs in turn, `runs` times after one turn that compiles the bytecode."""
    turns = [[_seconds(program) for program in PROGRAMS] for _ in range(runs + 1)][1:]
    empty, importing = (statistics.median(times) for times in zip(*turns, strict=True))
    return Started(empty, importing, statistics.median(b / a for a, b in turns))


def _seconds(program: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    print(measured(31))
