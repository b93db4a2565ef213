"""A later batch has values that the dtype of the first batch does not hold.

## What happens

Keras on TensorFlow reads a generator or a `PyDataset` with the dtypes of its first batch. A later
batch of another dtype is cast to them without a word: 0.7 becomes 0 behind a first batch of
`int32`, 300 becomes 44 behind one of `uint8`, though the model's input is `float32` and would have
held both. JAX takes each batch as it is.

## Why

A column without a fraction or a large number in its first rows: pandas and NumPy make whole numbers
of them, batch by batch.

## Fix

Give every batch the input's dtype:

    return batch.astype("float32"), labels

## Seen in

- Keras 3.15.1 on TensorFlow, `fit`, `evaluate` and `predict`: silent.
- The same for text behind numbers: "TypeError: `generator` yielded an element that could not be
  converted to the expected type."

## References

- https://github.com/keras-team/keras/blob/master/keras/src/trainers/data_adapters/py_dataset_adapter.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import suspects
from saveguard.wording import many

rule = Rule("SG576", "first-batch-dtype", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected, one in suspects.expected(facts, "first"):
        more = f" ({many(one.count, 'such value')})" if one.count > 1 else ""
        yield rule.finding(
            where=f"{leaf.path}{one.place}",
            message=f"{one.value} in row {one.row} of `{leaf.path}` does not fit {one.beside},"
            f" the dtype of the first batch{more}",
            why="Keras on TensorFlow casts every batch of a generator or a PyDataset to the"
            " dtype of the first, without a word; JAX takes it as it is.",
            fix=f'give every batch one dtype: {leaf.path}.astype("{expected.dtype or "float32"}")',
            certainty="likely",
            evidence=one.seen,
        )


def bad(_: Path) -> Call:
    """A first batch of whole numbers, and one with a fraction."""
    return _audit("int32")


def good(_: Path) -> Call:
    """The same, all floats."""
    return _audit("float32")


def _audit(first: str) -> Call:
    import numpy as np

    batches = [np.array([[1, 2]], first), np.array([[0.7, 2.0]], "float32")]
    return Call("audit", (iter(batches), "x: float32[batch, 2]"))
