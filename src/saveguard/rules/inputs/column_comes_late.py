"""A column stands only in rows behind those from which the columns were learned.

## What happens

The column feeds no input, so its values are not looked at. In batches of a generator or a
`PyDataset`, TensorFlow stops at the first batch that has the key; JAX goes on without it.

## Why

A schema that changed while the data were written: a field was renamed or added, files of two
pipelines lie in one folder, a key is left out where it is empty.

## Fix

Give every row the same columns, or name the column that is meant:

    saveguard audit train/ --contract model.keras --map tokens=input_ids

## Seen in

- Keras 3.15.1 on TensorFlow, a key that only later batches have: "TypeError: `generator` yielded an
  element that did not match the expected structure."
- Keras 3.15.1 on JAX: a warning, "The structure of `inputs` doesn't match the expected structure."

## References

- docs/audit.md
- https://www.tensorflow.org/api_docs/python/tf/data/Dataset#from_generator
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.wording import many

rule = Rule("SG575", "column-comes-late", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf in facts.leaves:
        for one in leaf.suspects if leaf.kind == "late" else ():
            has = "has" if one.rows == 1 else "have"
            yield rule.finding(
                where=f"{leaf.path}{one.place}",
                message=f"{many(one.rows, 'row')} of {leaf.rows:,} {has} a column `{leaf.path}`,"
                f" which comes first in row {one.row}",
                why="It was not known when the reading began, and no input takes it: its values"
                " were not held against anything. Keras on TensorFlow stops at a batch whose keys"
                " are not those of the first.",
                fix="give all rows one set of columns; or, where it is meant for an input, name it:"
                f" --map INPUT={leaf.path}",
                certainty="possible",
                file=one.file,
                evidence=one.seen,
            )


def bad(_: Path) -> Call:
    """Batches of which the second has a key more."""
    return _audit({"x": [0.5, 0.75], "length": [3, 4]})


def good(_: Path) -> Call:
    """Batches with the same keys."""
    return _audit({"x": [0.5, 0.75]})


def _audit(second: dict[str, list[float]]) -> Call:
    batches = [{"x": [0.25, 0.5]}, second]
    return Call("audit", (iter(batches), "x: float32[batch]"))
