"""What explaining costs: a cold start against an empty program, and ten megabytes of anything.

python tools/explain_cost.py
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from saveguard.diagnosis.clean import decoded
from saveguard.diagnosis.report import explain

TESTS = Path(__file__).resolve().parent.parent / "tests"
RUNS = 15
SIZE = 10_000_000


def fastest(command: list[str]) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - start)
    return min(times)


def inputs() -> dict[str, bytes]:
    """Ten megabytes each, of what a log or a wrong file may hold."""
    some = next((TESTS / "recorded").glob("*/*.txt")).read_bytes()
    noise = random.Random(0).randbytes(SIZE)
    return {
        "tracebacks": some * (SIZE // len(some)),
        "one line": b"a" * SIZE,
        "heads": b"Traceback (most recent call last):\n" * (SIZE // 35),
        "noise": noise,
        "zeros": bytes(SIZE),
    }


def main() -> None:
    """Print the ratio and the times."""
    path = next((TESTS / "recorded" / "SG602").glob("*.txt"))
    empty = fastest([sys.executable, "-c", "pass"])
    program = os.path.join(os.path.dirname(sys.executable), "saveguard")
    cold = fastest([program, "explain", str(path)])
    print(f"cold: {1000 * cold:.0f} ms, {cold / empty:.1f} times an empty program")
    for name, raw in inputs().items():
        start = time.perf_counter()
        explain(decoded(raw))
        print(f"10 MB of {name}: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
