"""The audit itself, on this machine or on Ray, and what it rests on: decoding the columns."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asked import THREADS

LINE = (
    "{tokens: int32[batch, time<=380] vocabulary=30000 pad=0;"
    " measured: float32[batch, time<=400] pad=-1; image: float32[batch, 48] range=-9..9;"
    " age: int32[batch, 1] range=0..110}"
)


def saveguard(files: list[str]) -> Any:
    return importlib.import_module("saveguard").audit(
        files, LINE, labels="label", classes=10, workers=THREADS
    )


def decode(files: list[str]) -> Any:
    pq = importlib.import_module("pyarrow.parquet")
    groups = [(f, g) for f in files for g in range(pq.read_metadata(f).num_row_groups)]

    def one(group: tuple[str, int]) -> int:
        with pq.ParquetFile(group[0]) as file:
            return file.read_row_group(group[1], use_threads=False).num_rows

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, groups))


def ray(files: list[str], workers: int) -> Callable[[list[str]], Any]:
    library, audit = importlib.import_module("ray"), importlib.import_module("saveguard").audit
    library.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    # A worker does not find this folder.
    library.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    options = {"labels": "label", "classes": 10, "engine": "ray", "workers": workers}
    ready: set[int] = set()
    while len(ready) < workers:
        # Starting workers is not timed: each has begun, and has imported what it needs.
        ready |= set(
            library.get([library.remote(started).remote(files[0]) for _ in range(workers)])
        )
    audit(files[:1], LINE, **options)
    return lambda files: audit(files, LINE, **options)


def started(file: str) -> int:
    """The process of a worker that has done a piece of work, and left the next to the others."""
    importlib.import_module("saveguard").audit(file, LINE, workers=1)
    time.sleep(1)
    return os.getpid()
