"""A sequence is longer than the length that it is padded to.

## What happens

`saveguard.pad` stops where `max_length` is given without `truncate`; with it, the steps that are
cut off are counted. `keras.utils.pad_sequences(maxlen=...)` cuts the beginning, without a word.

## Why

What is cut off is not in the model's input, whatever it held: the end of a review, the last hour of
a recording.

## Fix

    saveguard.pad(sequences, max_length=400, truncate="post")     # keeps the beginning
    saveguard.pad(sequences, max_length=400, truncate="pre")      # keeps the end

## Seen in

- Keras, every version: silent; `truncating="pre"` is the default.

## References

- https://keras.io/api/data_loading/timeseries/
- https://github.com/keras-team/keras/issues/18869
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG622", "sequence-truncated", since="0.1")


def found(
    row: int, length: int, count: int, lost: int, longest: int, truncate: str | None
) -> Finding:
    """The finding for `count` sequences with `lost` steps too many; `row` is the first."""
    kept = {"pre": "the beginning was cut off", "post": "the end was cut off"}
    told = kept[truncate] if truncate else "nothing was padded"
    what = f"{count:,} sequences are" if count > 1 else "one sequence is"
    return rule.finding(
        where=f"sequences[{row}]",
        message=f"{what} longer than {longest}, {lost:,} steps in all; {told}",
        why=f"Row {row} has {length:,} steps; those beyond {longest} do not reach the model.",
        fix=f"saveguard.pad(sequences, max_length={longest}, truncate='post') keeps the beginning,"
        " 'pre' the end; or a larger max_length",
        certainty="possible" if truncate else "certain",
    )


def bad(_: Path) -> Call:
    """Three steps for a length of two."""
    return Call("pad", ([[1, 2, 3], [4]],), {"max_length": 2})


def good(_: Path) -> Call:
    """Room for three."""
    return Call("pad", ([[1, 2, 3], [4]],), {"max_length": 3})
