"""The data hold NaN or infinity.

## What happens

One NaN in one row makes the loss of its batch NaN, and with the first update every weight. The
model is lost, and the save of it succeeds.

## Why

NaN goes through every sum and product; a mean over the batch spreads it to all of the gradients.

## Fix

    x = np.nan_to_num(x, nan=0.0)                     # or drop the rows:
    x = x[np.isfinite(x).reshape(len(x), -1).all(1)]

## Seen in

- Every version: silent; `loss: nan` from some step on.

## References

- https://keras.io/api/callbacks/terminate_on_nan/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Contract
from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import suspects

rule = Rule("SG543", "value-not-finite", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, one in suspects.of(facts, "not-finite"):
        more = f", one of {one.count:,} values that are not finite" if one.count > 1 else ""
        yield rule.finding(
            where=f"{leaf.path}{one.place}",
            message=f"row {one.row} of `{leaf.path}` holds {one.value}{more}",
            why="It goes through every sum: the loss of its batch is NaN, and after the first"
            " update every weight.",
            fix=f"drop those rows, or fill them: np.nan_to_num({leaf.path})",
            # A layer of the user's own may look for NaN and replace it.
            certainty="likely",
            file=one.file,
            evidence=one.seen,
        )


def bad(_: Path) -> Call:
    """A gap in the measurements."""
    return _validate(float("nan"))


def good(_: Path) -> Call:
    """None."""
    return _validate(0.5)


def _validate(value: float) -> Call:
    import numpy as np

    contract = Contract.parse("x: float32[batch, 2]")
    return Call(contract.validate, (np.array([[1.0, 2.0], [value, 3.0]], "float32"),))
