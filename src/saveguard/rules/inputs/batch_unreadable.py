"""An iterable of batches stops with an exception, or gives what is no batch.

## What happens

`fit` stops at the same place, in the middle of an epoch. The audit keeps what came before.

## Why

The loader's own code fails for one sample: a file that is missing, a division by zero, samples of
unequal shapes that cannot be stacked; or a leaf of the batch is a single value or an object.

## Fix

Ask the loader for that batch alone, and mend what its traceback shows:

    next(itertools.islice(batches, 17, None))

## Seen in

- Keras 3.15.1 gives the exception of the loader itself; torch adds "Caught ValueError in DataLoader
  worker process 0."

## References

- https://keras.io/api/data_loading/
- https://pytorch.org/docs/stable/data.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG591", "batch-unreadable", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file}: {first.what}{troubles.more(held)}",
            why="fit() stops at the same batch. What came before it was read and counted; what"
            " comes behind it"
            " was not.",
            fix="ask the loader for that batch alone, and mend what its traceback shows",
            **troubles.told(held),
        )


def bad(_: Path) -> Call:
    """A generator that fails with its third batch."""
    return _audit(0.0)


def good(_: Path) -> Call:
    """One that does not."""
    return _audit(0.5)


def _audit(last: float) -> Call:
    import numpy as np

    batches = (np.array([[1 / value], [value]]) for value in (0.25, 0.125, last))
    return Call("audit", (batches, "x: float32[batch, 1]"))
