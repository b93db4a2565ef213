"""A row of a data file cannot be read, and the rows around it can.

## What happens

Readers differ: some stop at the row, some skip it, and some shift its values into other columns.
The audit leaves the row out, counts it as lost and goes on.

## Why

A CSV row has too few or too many values (a comma or a quote within a text), a line is no JSON
object, a TFRecord record is no `tf.train.Example`: two writers at once, a line that was cut, or
data of another kind in the same file.

## Fix

Look at the row, and write the file with a library that quotes what has to be quoted:

    frame.to_parquet("train.parquet")

## Seen in

- pandas: "ParserError: Error tokenizing data. C error: Expected 2 fields in line 3, saw 3".
- pandas, lines of JSON: "ValueError: Expected object or value".
- TF 2.21: "InvalidArgumentError: Could not parse example input, value: '...'".

## References

- https://arrow.apache.org/docs/python/generated/pyarrow.csv.ParseOptions.html
- https://jsonlines.org
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG584", "row-malformed", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="The row was left out here. Other readers stop at it, skip it without a word, or"
            " move its values"
            " into other columns.",
            fix=first.fix
            or "look at the row, mend or remove it, and write the file with a library that"
            " quotes texts",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """A row with a value too many."""
    return _audit(tmp, "0.5,1,1")


def good(tmp: Path) -> Call:
    """The same row without it."""
    return _audit(tmp, "0.5,1")


def _audit(tmp: Path, row: str) -> Call:
    (tmp / "train.csv").write_text(f"x,y\n0.25,0\n{row}\n0.75,1\n")
    return Call("audit", (tmp / "train.csv", "x: float32[batch, 1]"), {"labels": "y"})
