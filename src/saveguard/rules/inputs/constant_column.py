"""A column has one value in all of its rows.

## What happens

Training runs. The column tells the model nothing; labels that are constant make it learn that
constant, with an accuracy of 100 %. A Normalization layer divides by a variance of 0.

## Why

A filter left one class, a sensor was off, a join filled a default, a cast to whole numbers made
zeros of fractions.

## Fix

Look at how the column came about. If it is meant to be so, leave it out of the inputs.

## Seen in

- Every version: silent.

## References

- https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG561", "constant-column", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf in facts.leaves:
        for one in leaf.suspects:
            if one.kind == "constant":
                yield rule.finding(
                    where=leaf.path,
                    message=f"every value of `{leaf.path}` is {one.value}, in {leaf.rows:,} rows",
                    why="It tells a model nothing; of labels, the model learns that one. A"
                    " Normalization layer that is adapted to it divides by a variance of 0.",
                    fix=f"look at how `{leaf.path}` came about: a filter, a default of a join, a"
                    " cast to whole numbers; or leave it out",
                    certainty="likely",
                )


def bad(_: Path) -> Call:
    """Labels of which a filter left one."""
    return _audit([1, 1, 1])


def good(_: Path) -> Call:
    """Labels of two classes."""
    return _audit([1, 0, 1])


def _audit(labels: list[int]) -> Call:
    import numpy as np

    return Call("audit", ({"x": np.array([0.25, 0.5, 0.75], "float32"), "label": labels},))
