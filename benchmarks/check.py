"""What a check costs in time and memory: Saveguard, loading with Keras, and modelscan.

    python benchmarks/check.py                            writes docs/checking.md
    python benchmarks/check.py --modelscan FOLDER         with modelscan, of the environment there
    python benchmarks/check.py --count 100 --large 20     small, to see that it works

Every time is that of a whole process, its start-up included. The programs take turns, so that what
else the machine does falls on all of them alike; ratios are medians of the ratios within one turn.
An environment with modelscan that is not there yet is made with `uv`. Linux only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import checking

HERE = Path(__file__).parent
SAVEGUARD = [str(Path(sys.executable).with_name("saveguard"))]
NOTHING = [sys.executable, "-c", "pass"]
LOAD = """
import pathlib, sys, keras
for path in sys.argv[1:]:
    path = pathlib.Path(path)
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        keras.saving.load_model(file)
"""
KERAS = [sys.executable, "-c", LOAD]
MODELSCAN = "modelscan[tensorflow,h5py]==0.8.8"
# What a program that looks for something answers where it found it.
FOUND = 1


class Run(NamedTuple):
    """One process: its seconds, and the most bytes that it or one of its children held."""

    seconds: float
    peak: int


def run(command: Sequence[str]) -> Run:
    """Run a program to its end.

    Raises:
        subprocess.CalledProcessError: If it did not do its work.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and (process.returncode != FOUND or command[:2] == KERAS[:2]):
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(seconds, usage.ru_maxrss * 1024)


def _environment() -> dict[str, str]:
    """With bytecode kept, as every installed program has it."""
    without = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**without, "PYTHONPYCACHEPREFIX": str(_bytecode()), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _bytecode() -> Path:
    return Path(tempfile.gettempdir()) / f"saveguard-bytecode-{os.getuid()}"


def turns(programs: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[Run]]:
    """Every program in turn, `runs` times after one turn that is not counted."""
    found: dict[str, list[Run]] = {name: [] for name in programs}
    for turn in range(runs + 1):
        for name, command in programs.items():
            done = run(command)
            if turn:
                found[name].append(done)
        print(".", end="", flush=True, file=sys.stderr)
    return found


def compared(title: str, programs: Mapping[str, Sequence[str]], runs: int) -> checking.Comparison:
    """The medians of several programs that do the same."""
    found = turns(programs, runs)
    first = next(iter(programs))
    rows = [
        checking.Row(
            name=name,
            seconds=statistics.median(done.seconds for done in dones),
            peak=max(done.peak for done in dones),
            ratio=statistics.median(
                done.seconds / own.seconds for done, own in zip(dones, found[first], strict=True)
            ),
        )
        for name, dones in found.items()
    ]
    return checking.Comparison(title, rows, runs)


def modelscan(folder: Path | None, uv: str) -> list[str]:
    """The command of modelscan in an environment, which is made first if it is not there."""
    if folder is None:
        return []
    program = folder / "bin" / "modelscan"
    if not program.exists():
        subprocess.run([uv, "venv", "--quiet", str(folder)], check=True)
        python = str(folder / "bin" / "python")
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, MODELSCAN], check=True)
    return [str(program), "-p"]


def archives(kind: str, path: Path, size: int) -> Path:
    """Let a process of its own write what is to be checked."""
    command = [sys.executable, str(HERE / "archives.py"), kind, str(path), str(size)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, cwd=HERE)
    return path


def many(folder: Path, options: argparse.Namespace) -> checking.Comparison:
    """Small archives, as many as a model hub's corner has."""
    path = str(archives("small", folder / "small", options.count))
    scan = modelscan(options.modelscan, options.uv)
    programs = {
        "saveguard check": [*SAVEGUARD, "check", "-q", path],
        "keras load_model": [*KERAS, path],
        **({"modelscan": [*scan, path]} if scan else {}),
    }
    return compared(f"{options.count:,} small archives", programs, max(1, options.runs // 3))


def one(folder: Path, options: argparse.Namespace) -> checking.Comparison:
    """One large file in a fresh process."""
    path = str(archives("large", folder / "large.keras", options.large))
    programs = {
        "saveguard check": [*SAVEGUARD, "check", "-q", path],
        "keras load_model": [*KERAS, path],
    }
    return compared(f"one file of {options.large:,} MB", programs, options.runs)


def larger(folder: Path, options: argparse.Namespace) -> checking.Comparison:
    """Ten times as large, for its memory alone."""
    size = 10 * options.large
    path = str(archives("large", folder / "larger.keras", size))
    programs = {"saveguard check": [*SAVEGUARD, "check", "-q", path]}
    return compared(f"one file of {size:,} MB", programs, 1)


def inspected(folder: Path, options: argparse.Namespace) -> checking.Comparison:
    """The configuration alone, of the large file that `one` has written; and a traceback."""
    path = str(folder / "large.keras")
    traceback = str(next((HERE.parent / "tests" / "recorded" / "SG602").glob("*.txt")))
    programs = {
        "python -c pass": NOTHING,
        "saveguard inspect --config": [*SAVEGUARD, "inspect", "--config", path],
        "saveguard explain FILE": [*SAVEGUARD, "explain", traceback],
    }
    return compared("a quick answer", programs, 3 * options.runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="how many small archives")
    parser.add_argument("--large", type=int, default=200, help="megabytes of the large file")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument(
        "--modelscan", type=Path, help="an environment with it, or where to make it"
    )
    parser.add_argument("--uv", default="uv", help="the program that makes that environment")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        steps = (many, one, inspected, larger)
        found = [step(Path(name), options) for step in steps]
    print(f"\n{checking.tables(found, options.count)}")
    if (options.count, options.large) == (1000, 200):
        checking.PAGE.write_text(checking.page(found, options.count), encoding="utf-8")


if __name__ == "__main__":
    main()
