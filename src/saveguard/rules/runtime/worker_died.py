"""A process that read a part of the data died, twice.

## What happens

The part is not in the report; the others are. The audit itself goes on.

## Why

The system ended the process because memory ran out (a row group of many gigabytes), somebody
killed it, or a library crashed on damaged bytes.

## Fix

    saveguard audit DATA --workers 1                      # more memory for each worker
    saveguard audit DATA --resume audit.jsonl             # only what is left is read

Write Parquet files with row groups of some 100 MB. If the same part is lost again, its file is
damaged.

## Seen in

- Saveguard itself: `saveguard audit --engine processes` and `--engine ray`.
- Ray 2.60: "WorkerCrashedError: The worker died unexpectedly while executing this task."

## References

- https://docs.ray.io/en/latest/ray-core/fault-tolerance.html
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG740", "worker-died", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for troubles in facts.troubles:
        if troubles.code != rule.code:
            continue
        first = troubles.first[0]
        some = f"{troubles.count:,} parts were" if troubles.count > 1 else "a part was"
        rows = f", {troubles.rows:,} rows" if troubles.rows else ""
        yield rule.finding(
            where=first.place or first.file,
            message=f"{some} not read{rows}: {first.what}",
            why="Memory ran out, somebody ended the process, or a library crashed on the bytes"
            " that it read; what else was read is in the report.",
            fix="saveguard audit again with --resume, which reads only what is left, and with"
            " fewer --workers",
            certainty="certain",
            file=first.file,
            evidence=tuple(
                f"{one.file}{', ' * bool(one.place)}{one.place}" for one in troubles.first
            )
            * (troubles.count > 1),
        )


def bad(tmp: Path) -> Call:
    """A process that is ended with the only part that there is."""
    return _read(tmp, dies=True)


def good(tmp: Path) -> Call:
    """One that lives."""
    return _read(tmp, dies=False)


def _read(tmp: Path, *, dies: bool) -> Call:
    (tmp / "ending_source.py").write_text(_SOURCE)
    sys.path.append(str(tmp))
    sys.modules.pop("ending_source", None)
    importlib.invalidate_caches()
    held = importlib.import_module("ending_source").Ending(dies)
    return Call("audit", (held,), {"engine": "processes", "workers": 1})


_SOURCE = """
import os, signal
import pyarrow as pa
from saveguard.data.source import Part

class Ending:
    name, movable = "a source", True

    def __init__(self, dies):
        self.dies, self.parent = dies, os.getpid()

    def parts(self):
        return [Part(file="a.bin", rows=3)]

    def read(self, part, columns):
        if self.dies and os.getpid() != self.parent:
            os.kill(os.getpid(), signal.SIGKILL)
        yield pa.record_batch({"x": [1, 2, 3]})
"""
