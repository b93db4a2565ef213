"""Sequences are padded with a value that real data also take.

## What happens

The model skips real steps: a measurement of 0.0 among those that `Masking(0.0)` takes for padding,
the word with the id 0 under `mask_zero=True`. In the padded array nobody can tell them apart again.

## Why

`Masking` and `mask_zero` know padding by its value alone, wherever it stands.

## Fix

    padded = saveguard.pad(sequences)        # chooses a value that the data do not take
    keras.layers.Masking(mask_value=padded.value)

For ids, count them from 1. Where the mask is given to the model as an input of its own
(`padded.mask`), the value does not matter: `accept=["SG604"]`.

## Seen in

- Every version: silent.

## References

- https://keras.io/guides/understanding_masking_and_padding/
- https://github.com/keras-team/keras/pull/19378
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Contract, number
from saveguard.facts import BatchFacts
from saveguard.finding import Certainty, Finding
from saveguard.rule import Call, Rule
from saveguard.rules import suspects

rule = Rule("SG604", "pad-value-collision", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected, one in suspects.expected(facts, "padding"):
        if expected.pad is None:
            continue
        yield rule.finding(
            where=f"{leaf.path}{one.place}",
            message=f"row {one.row} of `{leaf.path}` has the padding value"
            f" {number(expected.pad)} between real steps; {one.count:,} steps are so",
            why=f"The contract of this input is {expected}: a layer skips those steps as"
            " padding, if they are data or not.",
            fix="pad with a value that the data do not take: saveguard.pad(sequences) chooses"
            " one; count ids from 1",
            certainty="possible",
            file=one.file,
            evidence=one.seen,
        )


def collision(
    value: str, count: int, place: str, free: str, certainty: Certainty = "certain"
) -> Finding:
    """The finding for a padding value that `count` steps of the data take, first at `place`."""
    steps = f"{count:,} real steps take" if count > 1 else "a real step takes"
    return rule.finding(
        where=place,
        message=f"{steps} the padding value {value}, the first at {place}",
        why="Masking and mask_zero know padding by its value alone; the model would skip these"
        " steps.",
        fix=f"saveguard.pad(sequences, value={free}), and mask that value in the model"
        if free
        else "give the model padded.mask: every value of this dtype is taken",
        certainty=certainty,
    )


def bad(_: Path) -> Call:
    """A measurement of 0 between others."""
    return _validate(0.0)


def good(_: Path) -> Call:
    """One that is nearly 0."""
    return _validate(0.01)


def _validate(value: float) -> Call:
    import numpy as np

    contract = Contract.parse("x: float32[batch, time] pad=0")
    return Call(contract.validate, (np.array([[0.4, value, 0.3], [0.7, 0.0, 0.0]], "float32"),))
