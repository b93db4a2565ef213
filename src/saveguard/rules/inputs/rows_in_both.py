"""Rows of the test data are among the training data.

## What happens

The score of the test counts what the model has learned by heart, and is better than the model.

## Why

The data were split after rows were repeated (oversampling, augmentation, several crops of an
image, a join), or both splits were made from overlapping exports.

## Fix

    rows = frame.drop_duplicates()                       # before the split
    train, test = train_test_split(rows, ...)            # or split by person, by day, by source

## Seen in

- Every version: silent.

## References

- https://scikit-learn.org/stable/common_pitfalls.html#data-leakage
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG562", "rows-in-both", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf in facts.leaves:
        for one in leaf.suspects:
            if one.kind == "duplicate":
                share = one.rows / max(leaf.rows, 1)
                yield rule.finding(
                    where=f"rows{one.place}",
                    message=f"{one.rows:,} of {leaf.rows:,} rows of the test data ({share:.2%}) are"
                    " among the training data",
                    why="The model has seen them: the score of the test is better than the model.",
                    fix="leave repeated rows out before the split; split by what the rows belong"
                    " to (a person, a day, a source)",
                    certainty="likely",
                    file=one.file,
                    evidence=one.seen,
                )


def bad(_: Path) -> Call:
    """A row of the training data in the test data."""
    return _audit(0.5)


def good(_: Path) -> Call:
    """Rows that are new."""
    return _audit(0.625)


def _audit(value: float) -> Call:
    import numpy as np

    train = {"x": np.array([[0.25, 1.0], [0.5, 1.5]], "float32")}
    test = {"x": np.array([[0.75, 2.0], [value, 1.5]], "float32")}
    return Call("audit", (train,), {"test": test})
