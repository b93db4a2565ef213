"""Values that the input's dtype does not hold are changed on the way into the model.

## What happens

Keras converts what it is given to the input's dtype, without a word: 0.7 becomes 0 in an integer
input, 3,000,000,000 becomes negative in `int32`, 16,777,217 becomes 16,777,216 in `float32`. Text
for an input of numbers stops it.

## Why

A Functional model calls `convert_to_tensor(x, dtype=input.dtype)` on each input. A cast keeps the
shape, so nothing later notices.

## Fix

    x.astype("float32")           # and give the model's input that dtype
    keras.Input((10,), dtype="int64")

## Seen in

- Keras 3.15.1: silent. Before, for text: "ValueError: could not convert string to float".

## References

- https://github.com/keras-team/keras/blob/master/keras/src/models/functional.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Contract, Input
from saveguard.facts import BatchFacts, LeafFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG541", "dtype-differs", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        if leaf.kind == "array" and leaf.dtype == "string" and expected.dtype not in ("string", ""):
            yield _text(leaf, expected)
        for one in leaf.suspects:
            if one.kind == "cast":
                yield rule.finding(
                    where=f"{leaf.path}{one.place}",
                    message=f"{one.value} in row {one.row} of `{leaf.path}` does not fit"
                    f" {expected.dtype}, nor do {one.count:,} values in all"
                    if one.count > 1
                    else f"{one.value} in row {one.row} of `{leaf.path}` does not fit"
                    f" {expected.dtype}",
                    why=f"The contract of this input is {expected}, the data are {leaf.dtype}:"
                    " Keras casts them without a word, to other values.",
                    fix=f'build the model with keras.Input(..., dtype="{_values(leaf)}"), or find'
                    f" out why `{leaf.path}` holds such values",
                    file=one.file,
                    evidence=one.seen,
                )
            elif one.kind in ("text", "type"):
                yield _column(leaf, expected, one)


def _values(leaf: LeafFacts) -> str:
    """The dtype of a leaf's values: `lists of float64` have that of float64."""
    return leaf.dtype.rpartition(" ")[2].partition("[")[0]


def _text(leaf: LeafFacts, expected: Input) -> Finding:
    return rule.finding(
        where=leaf.path,
        message=f"`{leaf.path}` holds text, the model takes {expected.dtype}",
        why=f"The contract of this input is {expected}; nothing in the model turns text into"
        " numbers.",
        fix="turn it into numbers as in training: keras.layers.TextVectorization, StringLookup, or"
        f' {leaf.path}.astype("{expected.dtype}") for digits',
    )


def _column(leaf: LeafFacts, expected: Input, one: Suspect) -> Finding:
    """A column of text, or of a type that is neither numbers nor text."""
    held = "text" if one.kind == "text" else one.value.strip("'")
    some = "" if one.rows == leaf.rows else f" in {one.rows:,} of {leaf.rows:,} rows"
    return rule.finding(
        where=f"{leaf.path}{one.place if some else ''}",
        message=f"`{leaf.path}` holds {held}{some}, the model takes {expected.dtype}",
        why=f"The contract of this input is {expected}; nothing in the model makes numbers of it.",
        fix="turn it into numbers as in training, and write those: keras.layers.TextVectorization,"
        " StringLookup, or the numbers of dates",
        file=one.file,
        evidence=one.seen,
    )


def cast(place: str, value: str, given: str, wanted: str) -> Finding:
    """The finding for a value that a dtype which was asked for does not hold."""
    return rule.finding(
        where=place,
        message=f"{value} at {place} does not fit {wanted}",
        why=f"It is {given}; a cast would change it without a word.",
        fix=f"leave dtype out, which keeps {given}, or choose one that holds it",
    )


def bad(_: Path) -> Call:
    """Measurements for an input of whole numbers."""
    return _validate("int32")


def good(_: Path) -> Call:
    """The same for an input of floats."""
    return _validate("float32")


def _validate(dtype: str) -> Call:
    import numpy as np

    contract = Contract.parse(f"x: {dtype}[batch, 2]")
    return Call(contract.validate, (np.array([[1.0, 2.0], [0.7, 3.0]]),))
