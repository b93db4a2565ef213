"""One way to look at a Parquet folder, timed in a process of its own: seconds and peak memory.

    python benchmarks/audit_rivals NAME FOLDER FILES

Each gives the same facts (`asked.py`) in the way that its own pages show, as far as it can give
them; docs/audit.md tells how each is asked. It runs in any interpreter that has the library;
imports are not timed. Prints a line of JSON.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from glob import glob
from typing import Any

import by_row
import frames
import ours
import profiles
import queries

WAYS: dict[str, Callable[[list[str]], Any]] = {
    "saveguard": ours.saveguard,
    "decode": ours.decode,
    "duckdb": queries.duckdb,
    "polars": queries.polars,
    "polars-streaming": queries.polars_streaming,
    "polars-by-file": queries.polars_by_file,
    "pandas": frames.pandas,
    "pandera": by_row.pandera,
    "great_expectations": by_row.great_expectations,
    "tfdv": profiles.tfdv,
}
LIBRARIES = {
    "decode": "pyarrow.parquet",
    "pandera": "pandera.pandas",
    "tfdv": "tensorflow_data_validation",
    "saveguard": "saveguard.data.audit",
}


def way_of(name: str, files: list[str]) -> Callable[[list[str]], Any]:
    """A way, with all that it needs imported and started."""
    if name.startswith("ray"):
        return ours.ray(files, int(name.removeprefix("ray")))
    importlib.import_module(LIBRARIES.get(name, name.partition("-")[0]))
    if name == "saveguard":
        # Its rules and readers are imported when they are needed.
        importlib.import_module("pyarrow.parquet")
        importlib.import_module("saveguard").audit({"x": [1.0, 2.0]}, "x: float32[batch, 1]")
    return WAYS[name]


def main(name: str, folder: str, count: int) -> None:
    files = sorted(glob(f"{folder}/*.parquet"))[:count]
    way = way_of(name, files)
    start, cpu = time.perf_counter(), time.process_time()
    way(files)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
