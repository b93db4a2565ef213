"""Weights are NaN or infinite.

## What happens

The file is written and loads; every prediction that these weights touch is NaN.

## Why

Training diverged: a learning rate too high, a logarithm of zero, a division by an empty sum, NaN
in the data. Once a weight is NaN it stays NaN.

## Fix

Keep the previous file: `saveguard.save(..., keep_previous=True)`. Then look for the first bad
batch with `keras.callbacks.TerminateOnNaN`, and lower the learning rate or clip the gradients.

## Seen in

- Every version: NaN weights are saved without a word.

## References

- https://keras.io/api/callbacks/terminate_on_nan/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from saveguard.facts import ArchiveFacts, ModelFacts, StoredArray, VariableFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG408", "weights-not-finite", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    bad = [v for v in facts.variables + facts.optimizer_variables if v.nan or v.infinite]
    if bad:
        yield _told(f"model.variables: {bad[0].path}", "variable", bad)


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    bad = [array for array in facts.arrays if array.nan or array.infinite]
    if bad:
        yield _told(f"{bad[0].member or facts.path} {bad[0].path}", "array", bad)


def _told(where: str, what: str, bad: Sequence[VariableFacts | StoredArray]) -> Finding:
    shown = ", ".join(f"{one.path} ({_counts(one.nan, one.infinite)})" for one in bad[:3])
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    return rule.finding(
        where=where,
        message=f"{len(bad)} {what}{'s' * (len(bad) != 1)} hold NaN or infinite values:"
        f" {shown}{more}",
        why="Whatever these weights touch becomes NaN, in training and in prediction; the values"
        " do not heal.",
        fix="go back to an earlier file, and train with keras.callbacks.TerminateOnNaN() and a"
        " lower learning rate",
    )


def _counts(nan: int, infinite: int) -> str:
    parts = [f"{nan} NaN"] * bool(nan) + [f"{infinite} infinite"] * bool(infinite)
    return ", ".join(parts)


def bad(tmp: Path) -> Call:
    """A model with one NaN among its weights."""
    return _save(tmp, float("nan"))


def good(tmp: Path) -> Call:
    """The same model with a very large number there."""
    return _save(tmp, 3e38)


def _save(tmp: Path, value: float) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="dense")])
    kernel = np.zeros((3, 2), "float32")
    kernel[0, 0] = value
    model.set_weights([kernel, np.zeros(2, "float32")])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
