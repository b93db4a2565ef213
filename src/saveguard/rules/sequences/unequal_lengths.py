"""Sequences of unequal lengths are given where the model takes one array.

## What happens

NumPy or Keras refuses a list of lists of unequal lengths, in words about objects, adapters or data
types; an array of dtype `object` is refused later.

## Why

A batch is one array, so its sequences must have one length; what is added must be masked, or the
model reads it as data.

## Fix

Pad with a value that real data do not take, and let the model mask it:

    padded = saveguard.pad(sequences, value=-1.0).values      # keeps the dtype of the data
    keras.layers.Masking(mask_value=-1.0)

`keras.utils.pad_sequences` turns 0.7 into 0 unless it is told `dtype="float32"`.

## Seen in

- TF 2.x: "ValueError: Failed to convert a NumPy array to a Tensor (Unsupported object type list)."
- Keras 3.15.1: "ValueError: Unrecognized data type: x=[[1, 2, 3], [1, 2]] (of type <class
  'list'>)"; NumPy: "setting an array element with a sequence. The requested array has an
  inhomogeneous shape".

## References

- https://github.com/tensorflow/tensorflow/issues/56489
- https://keras.io/guides/understanding_masking_and_padding/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import number
from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG603", "unequal-lengths", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for index, leaf in enumerate(facts.leaves):
        if leaf.kind != "ragged" or leaf.suspects:
            continue
        expected = facts.contract.inputs[min(index, len(facts.contract.inputs) - 1)]
        pad = -1.0 if expected.pad is None else expected.pad
        shown = ", ".join(map(str, leaf.lengths)) + (", ..." if leaf.rows > 5 else "")
        yield rule.finding(
            where=leaf.path,
            message=f"the {leaf.rows} sequences of `{leaf.path}` have unequal lengths: {shown}",
            why=f"The model takes one array, {expected}; Keras refuses a list of sequences as an"
            " unrecognised data type.",
            fix=f"saveguard.pad({leaf.path}, dtype={expected.dtype!r}, value={number(pad)}).values,"
            " and a Masking layer with that value",
        )


_WHY = "A batch is one array; lists of unequal lengths are none."
_FIX = (
    "saveguard.pad(x) gives .values, .mask and .lengths, and changes no number; with a Masking"
    " layer of its padding value"
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Failed to convert a NumPy array to a Tensor \(Unsupported object type (?:list"
        r"|numpy\.ndarray|tuple|\w*Tensor|Series|csr_matrix|set)"
        r"|Unrecognized data type: x=\["
        r"|Failed to find data adapter that can handle input: \(?<class 'list'> containing",
        stages=("predict", "fit", "evaluate"),
        message="sequences of unequal lengths were given where the model takes one array",
        why=_WHY,
        fix=_FIX,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Invalid dtype: object|Dtype object is not a valid JAX array type",
        stages=("predict", "fit", "evaluate"),
        message="the data are an array of Python objects: mostly sequences of unequal lengths",
        why=_WHY,
        fix=_FIX,
        certainty="likely",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("InvalidArgumentError", "ValueError", "TypeError"),
        pattern=r"Index \d is not uniform|Cannot (?:batch|add) tensors? (?:to the batch: number"
        r" of elements|with different"
        r" shapes) .{0,40}(?P<shapes>First element had shape [^\n]{0,80})?"
        r"|Cannot index into an inner ragged dimension|object of type RaggedTensor|RaggedTensor"
        r"[^\n]{0,60} to (?:a )?Tensor|Data type not supported[^\n]{0,40}Ragged",
        message="sequences of unequal lengths meet something that takes equal ones: {shapes}",
        why=_WHY,
        fix="dataset.padded_batch(n) in place of batch(n); saveguard.pad(sequences) for the rest",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"inhomogeneous shape|setting an array element with a sequence"
        r"|Can't convert (?:non-rectangular|Python sequence with mixed types)",
        stages=("predict", "fit", "evaluate"),
        message="sequences of unequal lengths were given where the model takes one array",
        why=_WHY,
        fix=_FIX,
        alone=".",
    )
)


def bad(tmp: Path) -> Call:
    """Two sequences, of three and of two steps."""
    return _save(tmp, [[[0.1], [0.2], [0.3]], [[0.4], [0.5]]])


def good(tmp: Path) -> Call:
    """The same, padded."""
    return _save(tmp, [[[0.1], [0.2], [0.3]], [[0.4], [0.5], [-1.0]]])


def _save(tmp: Path, example: list[list[list[float]]]) -> Call:
    import keras

    model = keras.Sequential(
        [keras.Input((None, 1)), keras.layers.Masking(-1.0), keras.layers.LSTM(2)]
    )
    return Call("save", (model, tmp / "m.keras"), {"example": example})
