"""A sequence has no steps.

## What happens

`saveguard.pad` stops, unless it is told what to do with empty sequences. Kept, they are masked from
end to end: `GlobalAveragePooling1D` divides by their length and gives NaN, recurrent layers give
their initial state, attention weighs padding evenly, and cuDNN kernels refuse the mask.

## Why

A row of a batch cannot have no steps, so an empty sequence becomes a row of padding alone.

## Fix

    padded = saveguard.pad(sequences, empty="drop")
    y = y[padded.rows]                  # the targets of the rows that were kept
    padded = saveguard.pad(sequences, empty="keep")

## Seen in

- Keras 3.15.1 with TensorFlow on a GPU: "You are passing a RNN mask that does not correspond to
  right-padded sequences, while using cuDNN, which is not supported."; on the CPU silent, or NaN.

## References

- https://github.com/keras-team/keras/blob/master/keras/src/layers/pooling/global_average_pooling1d.py
- https://github.com/tensorflow/tensorflow/issues/33148
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Certainty, Finding
from saveguard.rule import Call, Rule

rule = Rule("SG621", "empty-sequence", since="0.1")

_SURE: dict[str, Certainty] = {"raise": "certain", "drop": "possible", "keep": "likely"}
_DONE = {
    "raise": "nothing was padded",
    "drop": "they were left out",
    "keep": "they are rows of padding alone",
}


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf in facts.leaves:
        for one in leaf.suspects:
            if one.kind == "empty":
                many = f"{one.rows:,} rows of `{leaf.path}` have" if one.rows > 1 else "one row has"
                what = f"sequences without values on axis {one.axis}" if one.axis else "no steps"
                yield rule.finding(
                    where=f"{leaf.path}{one.place}",
                    message=f"{many} {what}",
                    why="Padded, they are masked from end to end: GlobalAveragePooling1D makes NaN"
                    " of a row, recurrent layers give their initial state, and cuDNN kernels"
                    " refuse the mask.",
                    fix=f"leave them out, with their targets: saveguard.pad({leaf.path},"
                    " empty='drop') tells which rows it keeps",
                    certainty="likely",
                    file=one.file,
                    evidence=one.seen,
                )


def found(rows: list[int], count: int, policy: str) -> Finding:
    """The finding for `count` empty sequences, of which `rows` are the first."""
    shown = ", ".join(map(str, rows)) + (", ..." if count > len(rows) else "")
    what = f"{count:,} sequences have" if count > 1 else "one sequence has"
    return rule.finding(
        where=f"sequences[{rows[0]}]",
        message=f"{what} no steps (row {shown}); {_DONE[policy]}",
        why="Masked from end to end, GlobalAveragePooling1D makes NaN of a row, recurrent layers"
        " give their initial state, and cuDNN kernels refuse the mask.",
        fix="saveguard.pad(sequences, empty='drop'), with the targets of padded.rows; or 'keep'"
        if policy != "drop"
        else "take the targets of the rows that were kept: y[padded.rows]",
        certainty=_SURE[policy],
    )


def bad(_: Path) -> Call:
    """An empty one among two."""
    return Call("pad", ([[1, 2, 3], []],))


def good(_: Path) -> Call:
    """One of a single step."""
    return Call("pad", ([[1, 2, 3], [4]],))
