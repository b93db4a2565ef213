"""What an audit of a Parquet folder costs, against decoding it, and against others' ways.

    python benchmarks/audit.py FOLDER [--gigabytes 2] [--rounds 3] [--python NAME=INTERPRETER ...]

Makes 24 files in FOLDER if they are not there: lists of float32 and int32, lists of a fixed size,
whole numbers; with nulls, empties, NaN, and wrong lengths. Each way runs in a process of its own,
one after the other in pairs, on the same files with two threads (see `audit_rivals/`); imports are
not counted. Of a library that has several natural ways, the fastest counts. Slow ways see the first
few files, and so does the audit that they are held against. Libraries that are elsewhere are named:
`--python duckdb=env/bin/python`. Read the ratios; the times are this machine's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FILES, GROUPS = 24, 3
SCRIPT = Path(__file__).with_name("audit_rivals")
PEAK = 600
# Bytes of a row as Arrow has it.
ROW = 4 * (50 + 60 + 48) + 8 * 2


class Bound(NamedTuple):
    """What is held: ours/theirs is at most `most`, or theirs/ours at least `least`.

    Attributes:
        forms: The ways of this library; the one that is the fastest in a first run counts.
    """

    way: str
    files: int
    most: float = 0.0
    least: float = 0.0
    forms: tuple[str, ...] = ()


BOUNDS = (
    Bound("decode", FILES, most=1.6),
    Bound("duckdb", FILES, most=0.7),
    Bound("polars", FILES, most=0.4, forms=("polars", "polars-streaming", "polars-by-file")),
    Bound("pandas", FILES, least=4),
    Bound("pandera", 4, least=25),
    Bound("great_expectations", 4, least=25),
    Bound("tfdv", 4, least=25),
)


def generate(folder: Path, gigabytes: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = int(gigabytes * 1e9 / FILES / ROW)
    for number in range(FILES):
        path = folder / f"{number:02}.parquet"
        if not path.exists():
            group = rows // GROUPS + 1
            pq.write_table(table(np.random.default_rng(number), rows), path, row_group_size=group)


def table(random: Any, rows: int) -> pa.Table:
    measured = lists(random, rows, 60)
    values = random.normal(size=measured[-1]).astype("float32").round(3)
    values[random.random(len(values)) < 1e-5] = np.nan
    tokens = lists(random, rows, 50)
    ids = (random.zipf(1.3, tokens[-1]) % 30_000).astype("int32") + 1
    image = random.normal(size=rows * 48).astype("float32").round(3)
    null = random.random(rows) < 1e-3
    return pa.table(
        {
            "tokens": pa.ListArray.from_arrays(pa.array(tokens), pa.array(ids)),
            "measured": pa.ListArray.from_arrays(
                pa.array(measured), pa.array(values), mask=pa.array(null)
            ),
            "image": pa.FixedSizeListArray.from_arrays(pa.array(image), 48),
            "age": pa.array(random.integers(0, 111, rows), mask=null),
            "label": random.integers(0, 10, rows),
        }
    )


def lists(random: Any, rows: int, mean: int) -> Any:
    """Offsets of lists, lognormal, at most 400 long; one in a thousand is empty."""
    lengths = np.clip(random.lognormal(np.log(mean) - 0.32, 0.8, rows), 1, 400).astype("int32")
    lengths[random.random(rows) < 1e-3] = 0
    return np.concatenate([[0], np.cumsum(lengths)]).astype("int32")


def run(python: str, way: str, folder: Path, files: int) -> dict[str, float]:
    order = [python, str(SCRIPT), way, str(folder), str(files)]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def fastest(bound: Bound, python: str, folder: Path) -> str:
    """The form of a library that takes the least time on all the files; all are printed."""
    if not bound.forms:
        return bound.way
    taken = {form: run(python, form, folder, bound.files)["seconds"] for form in bound.forms}
    print(", ".join(f"{form} {seconds:.1f} s" for form, seconds in taken.items()), file=sys.stderr)
    return min(taken, key=lambda form: taken[form])


def pair(bound: Bound, python: str, folder: Path, rounds: int) -> bool:
    """Run both in turn, and print the medians."""
    ours, theirs, ratios, work, peaks = [], [], [], [], []
    way = fastest(bound, python, folder)
    for _ in range(rounds):
        one = run(sys.executable, "saveguard", folder, bound.files)
        other = run(python, way, folder, bound.files)
        ours.append(one["seconds"])
        theirs.append(other["seconds"])
        ratios.append(one["seconds"] / other["seconds"])
        work.append(one["cpu"] / other["cpu"])
        peaks.append((one["peak_mb"], other["peak_mb"]))
    ratio, (mine, its) = statistics.median(ratios), (max(side) for side in zip(*peaks, strict=True))
    held = ratio <= bound.most if bound.most else 1 / ratio >= bound.least
    wanted = f"at most {bound.most}" if bound.most else f"at most 1/{bound.least:g}"
    told = f"| {way} | {bound.files} | {statistics.median(ours):.2f}"
    told += f" | {statistics.median(theirs):.2f} | {ratio:.2f} | {wanted}"
    told += f" | {statistics.median(work):.2f} | {mine:.0f} | {its:.0f}"
    print(f"{told} | {'held' if held and mine < PEAK else 'NOT held'} |", flush=True)
    return held and mine < PEAK


def workers(folder: Path, files: int, rounds: int) -> bool:
    """Two Ray workers against one."""
    taken = [
        [run(sys.executable, way, folder, files)["seconds"] for way in ("ray1", "ray2")]
        for _ in range(rounds)
    ]
    one, two = (statistics.median(side) for side in zip(*taken, strict=True))
    gain = statistics.median(first / second for first, second in taken)
    held = "held" if gain >= 1.6 else "NOT held"
    print(
        f"\nRay: one worker {one:.2f} s, two {two:.2f} s: {gain:.2f} times (at least 1.6), {held}"
    )
    return gain >= 1.6


def main() -> int:
    parser = argparse.ArgumentParser(description="What an audit costs.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", action="append", default=[], metavar="NAME=INTERPRETER")
    parser.add_argument("--only", action="append", help="these ways alone; `ray` is one")
    given = parser.parse_args()
    generate(given.folder, given.gigabytes)
    pythons = dict(one.split("=", 1) for one in given.python)
    print(
        "| against | files | audit s | theirs s | ratio | bound | of CPU | audit MB | theirs MB | |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    held = [
        pair(bound, pythons.get(bound.way, sys.executable), given.folder, given.rounds)
        for bound in BOUNDS
        if not given.only or bound.way in given.only
    ]
    if not given.only or "ray" in given.only:
        held.append(workers(given.folder, FILES, given.rounds))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
