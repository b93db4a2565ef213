"""One folder holds data files of several formats.

## What happens

Each file was read by its format, and their rows were counted together. If they are the same rows
twice (a Parquet copy of the CSV files), every count is too high, and a loader that takes one of the
formats sees other data than this report.

## Why

A conversion left the old files beside the new ones, or annotations lie beside the data.

## Fix

Name the files that are meant:

    saveguard audit "train/*.parquet" --contract m.keras

## Seen in

- No framework says so: each loader takes the files that it knows.

## References

- https://arrow.apache.org/docs/python/dataset.html#filtering-data
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG583", "formats-mixed", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}",
            why="All were read, and their rows counted together. A loader takes one of the"
            " formats, and sees"
            " other data than these.",
            fix="name the files that are meant, with a glob such as '*.parquet'",
            certainty="likely",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """The same rows as lines of JSON and as CSV."""
    (tmp / "train.csv").write_text("x\n0.5\n0.25\n")
    return _audit(tmp)


def good(tmp: Path) -> Call:
    """One format, with a word about it."""
    (tmp / "README.md").write_text("# The data\n")
    return _audit(tmp)


def _audit(tmp: Path) -> Call:
    (tmp / "train.jsonl").write_text('{"x": 0.5}\n{"x": 0.25}\n')
    return Call("audit", (tmp, "x: float32[batch, 1]"))
