"""Rows, or values in them, are null.

## What happens

Arrow, pandas and SQL have a null that NumPy's numbers have not. On the way to an array it becomes
NaN, 0, or an array of objects, as the reader has it; an integer column becomes `float64`.

## Why

A tensor has a value at every place. What stands there instead of a null is decided by whichever
library converts it, and changes with its version.

## Fix

    table = table.filter(pc.is_valid(table["tokens"]))        # leave the rows out
    pc.fill_null(table["age"], 0)                             # or choose what stands for it

## Seen in

- Keras 3.15.1: silent after `df["age"].to_numpy()`; for rows that are null, "ValueError: Invalid
  dtype: object".

## References

- https://arrow.apache.org/docs/python/pandas.html#nullable-types
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import suspects

rule = Rule("SG560", "null-value", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, one in suspects.of(facts, "null"):
        inside = one.count - one.rows
        rows = "one row is, or holds," if one.rows == 1 else f"{one.rows:,} rows are, or hold,"
        more = f", {one.count:,} in all" if inside else ""
        yield rule.finding(
            where=f"{leaf.path}{one.place}",
            message=f"{rows} null in `{leaf.path}`{more}",
            why="A tensor has no null: what reads the column makes NaN, 0 or an array of"
            " objects of it, which Keras refuses or reads as data.",
            fix="leave the rows out, or fill them with a value that you choose:"
            f' pyarrow.compute.fill_null(table["{leaf.path}"], ...)',
            certainty="likely",
            file=one.file,
            evidence=one.seen,
        )


def bad(_: Path) -> Call:
    """A measurement that is not there."""
    return _audit(None)


def good(_: Path) -> Call:
    """One that is."""
    return _audit(0.5)


def _audit(value: float | None) -> Call:
    import pyarrow as pa

    table = pa.table({"x": pa.array([0.25, value, 0.75], pa.float32())})
    return Call("audit", (table, "x: float32[batch, 1]"))
