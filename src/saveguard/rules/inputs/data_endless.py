"""A data set repeats without end.

## What happens

An audit of it would never end, so nothing of it was read. `fit` needs `steps_per_epoch`; `evaluate`
and `predict` without `steps` do not return.

## Why

`repeat()` without a number, or a generator that is made for training.

## Fix

Give a stretch of it, one epoch long:

    saveguard.audit(dataset.take(steps_per_epoch), contract=model)

## Seen in

- Keras 3.15.1: silent; the first epoch of `fit` does not end, nor does `evaluate`.

## References

- https://www.tensorflow.org/api_docs/python/tf/data/Dataset#cardinality
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG592", "data-endless", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file} never ends: {first.what}",
            why="Its cardinality is infinite, so an audit would not end either; nothing was read.",
            fix="saveguard.audit(dataset.take(steps_per_epoch), ...)",
            **troubles.told(held),
        )


def bad(_: Path) -> Call:
    """A data set that repeats for ever."""
    return _audit(-1)


def good(_: Path) -> Call:
    """One that repeats once."""
    return _audit(1)


def _audit(times: int) -> Call:
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices([[0.25], [0.5]]).batch(2).repeat(times)
    return Call("audit", (dataset,))
