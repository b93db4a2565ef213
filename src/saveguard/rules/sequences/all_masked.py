"""Whole sequences consist of the padding value, so that the model skips them.

## What happens

Training runs, the loss falls a little and stops: the recurrent layers never saw a step. On a GPU,
cuDNN may stop with CUDNN_STATUS_BAD_PARAM.

## Why

`Masking` skips every step that equals its value. Sequences that were empty are padding from end to
end; and `keras.utils.pad_sequences` without `dtype` turns floats between 0 and 1 into the integer
0, which is the padding value.

## Fix

    saveguard.pad(sequences).values      # keeps the dtype of the data

and drop sequences that are really empty.

## Seen in

- Every version: silent on the CPU. `pad_sequences([[0.2, 0.9], [0.7]])` gives zeros alone.

## References

- https://github.com/keras-team/keras/pull/19378
- https://github.com/tensorflow/tensorflow/issues/33148
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Input, number
from saveguard.facts import BatchFacts, LeafFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG605", "all-masked", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        yield from (_rows(leaf, expected, one) for one in leaf.suspects if one.kind == "masked")
        if not leaf.masked_rows or expected.pad is None:
            continue
        pad = number(expected.pad)
        rows = ", ".join(map(str, leaf.masked_rows))
        whole = "int" in leaf.dtype and "float" in expected.dtype
        yield rule.finding(
            where=f"{leaf.path}[{leaf.masked_rows[0]}]",
            message=f"row {rows} of `{leaf.path}` is the padding value {pad} from end to end",
            why=f"The layer {expected.pad_source} skips every step of it, so the model learns and"
            " predicts nothing from it."
            + (
                f" The data are {leaf.dtype}: pad_sequences() rounds floats to whole numbers"
                " unless dtype is given."
                if whole
                else ""
            ),
            fix="saveguard.pad(sequences).values, which keeps the dtype of the data"
            if whole
            else f"drop sequences that are empty; look at how the others became {pad}",
            certainty="certain" if whole else "likely",
        )


def _rows(leaf: LeafFacts, expected: Input, one: Suspect) -> Finding:
    """Rows of a data set."""
    pad = number(expected.pad or 0)
    some = (
        f"{one.rows:,} rows of `{leaf.path}` are" if one.rows > 1 else f"a row of `{leaf.path}` is"
    )
    return rule.finding(
        where=f"{leaf.path}{one.place}",
        message=f"{some} the padding value {pad} from end to end",
        why=f"The contract of this input is {expected}: whatever masks {pad} skips every step of"
        " them, so the model learns and predicts nothing from them.",
        fix=f"drop sequences that are empty; look at how the others became {pad}",
        certainty="likely",
        file=one.file,
        evidence=one.seen,
    )


def bad(tmp: Path) -> Call:
    """Two float sequences padded without a dtype."""
    return _save(tmp, "int32")


def good(tmp: Path) -> Call:
    """The same, padded as floats."""
    return _save(tmp, "float32")


def _save(tmp: Path, dtype: str) -> Call:
    import keras

    model = keras.Sequential([keras.Input((None, 1)), keras.layers.Masking(), keras.layers.LSTM(2)])
    sequences = [[[0.2], [0.9], [0.4]], [[0.7]]]
    example = keras.utils.pad_sequences(sequences, dtype=dtype)
    return Call("save", (model, tmp / "m.keras"), {"example": example})
