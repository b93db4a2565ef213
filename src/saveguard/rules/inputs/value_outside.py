"""A value lies outside the vocabulary or the range that the model was made for.

## What happens

An id from an Embedding's `input_dim` on, or below 0, stops TensorFlow on the CPU. On a GPU it gives
a row of zeros, with JAX another id's row: training goes on with wrong vectors. Pixels from 0 to 1
for a model that rescales from 0 to 255 are black to it.

## Why

An Embedding has one row an id, from 0 to `input_dim - 1`. A Rescaling or Normalization layer has
the range of the training data in its numbers.

## Fix

    keras.layers.Embedding(input_dim=int(ids.max()) + 1, ...)    # before training
    ids[ids >= vocabulary] = unknown                             # with a trained model
    images * 255                                                 # for a model that rescales

## Seen in

- TF 2.x, on the CPU: "InvalidArgumentError: indices[0,3] = 20000 is not in [0, 20000)".
- Keras 3.15.1 on JAX, and TensorFlow on a GPU: silent.

## References

- https://www.tensorflow.org/api_docs/python/tf/gather
- https://docs.jax.dev/en/latest/notebooks/Common_Gotchas_in_JAX.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Contract, Input
from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import suspects

rule = Rule("SG542", "value-outside", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected, one in suspects.expected(facts, "outside"):
        more = f" ({one.count:,} such values)" if one.count > 1 else ""
        ids = expected.vocabulary is not None
        # A range that a layer's numbers suggest is what it was made for, not a bound.
        surely = ids or facts.contract.source == "line"
        yield rule.finding(
            where=f"{leaf.path}{one.place}",
            message=f"{one.value} in row {one.row} of `{leaf.path}` is outside"
            f" {_bounds(expected)}{more}",
            why=f"The contract of this input is {expected}. "
            + (
                "An id without a row is an error on the CPU, and elsewhere another id's"
                " row or zeros, without a word."
                if ids
                else "The model was made for values in that range, and reads others as they are."
            ),
            fix="map unknown ids to one that the vocabulary keeps for them, or build the"
            " Embedding with a larger input_dim"
            if ids
            else f"scale `{leaf.path}` as the training data were",
            certainty="certain" if surely else "possible",
            file=one.file,
            evidence=one.seen,
        )


def _bounds(expected: Input) -> str:
    if expected.vocabulary is not None:
        return f"the vocabulary, 0 to {expected.vocabulary - 1}"
    told = next(part for part in str(expected).split() if part.startswith("range="))
    return f"the range {told.removeprefix('range=')}"


def bad(_: Path) -> Call:
    """The id 20 for an Embedding of 20 rows."""
    return _validate(20)


def good(_: Path) -> Call:
    """The last id."""
    return _validate(19)


def _validate(last: int) -> Call:
    import numpy as np

    contract = Contract.parse("ids: int32[batch, time] vocabulary=20 pad=0")
    return Call(contract.validate, (np.array([[3, 5, 0], [7, last, 0]], "int32"),))
