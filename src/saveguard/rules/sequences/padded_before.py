"""Padding stands before the data where it must stand after them.

## What happens

On a GPU, the cuDNN kernels of LSTM and GRU refuse the mask, or TensorFlow takes the generic kernel,
which is several times slower; on the CPU nothing is noticed. A model that was trained with padding
after the data reads other positions.

## Why

cuDNN is told one length a row, so a mask must be True from the left and False to the right of that.
`keras.utils.pad_sequences` pads before the data unless `padding="post"` is given.

## Fix

    saveguard.pad(sequences)                                   # pads after the data
    saveguard.pad(sequences).values      # pads behind the data, and keeps their dtype

## Seen in

- Keras 3.15.1 with TensorFlow on a GPU: "You are passing a RNN mask that does not correspond to
  right-padded sequences, while using cuDNN, which is not supported."
- TF 2.x: "Masking is not supported for CuDNN RNNs." and a warning that the generic kernel is used;
  "CUDNN_STATUS_BAD_PARAM in cuda_dnn.cc: cudnnSetRNNDataDescriptor" where a sequence has no step.

## References

- https://keras.io/api/layers/recurrent_layers/lstm/
- https://github.com/keras-team/keras/blob/master/keras/src/backend/tensorflow/rnn.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Contract, Input
from saveguard.facts import BatchFacts, LeafFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG620", "padded-before", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        for one in leaf.suspects:
            if one.kind == "sides":
                yield _both(leaf, expected, one)
            if one.kind == "side":
                stands = "before" if expected.side == "post" else "after"
                yield rule.finding(
                    where=f"{leaf.path}{one.place}",
                    message=f"row {one.row} of `{leaf.path}` has padding {stands} its data;"
                    f" {one.count:,} steps are so",
                    why=f"The contract of this input is {expected}; cuDNN kernels take padding"
                    " after the data only, and a trained model the side that it was trained with.",
                    fix=f'saveguard.pad(sequences, side="{expected.side}")',
                    certainty="likely",
                    file=one.file,
                    evidence=one.seen,
                )


def _both(leaf: LeafFacts, expected: Input, one: Suspect) -> Finding:
    """Rows of a data set that are padded before their data, and others after them."""
    side, _, usual = one.value.partition(" ")
    other = "after" if side == "before" else "before"
    return rule.finding(
        where=f"{leaf.path}{one.place}",
        message=f"rows of `{leaf.path}` have padding on either side: {one.rows:,} {side} their"
        f" data, {usual} {other} them",
        why=f"The contract of this input is {expected}; cuDNN kernels take padding after the data"
        " only, and a model learns to end, or to begin, where its data do.",
        fix='pad all of them alike: saveguard.pad(sequences, side="post")',
        certainty="possible",
        file=one.file,
        evidence=one.seen,
    )


def chosen() -> Finding:
    """The finding for padding before the data that was asked for."""
    return rule.finding(
        where="side='pre'",
        message="the padding stands before the data",
        why="cuDNN kernels of LSTM and GRU take a mask only if padding stands after the data;"
        " TensorFlow on a GPU stops, or takes a slower kernel.",
        fix='saveguard.pad(sequences, side="post"), unless the model was trained with "pre"',
        certainty="possible",
    )


rule.in_traceback(
    Signature(
        exceptions=(
            "InvalidArgumentError",
            "ValueError",
            "InternalError",
            "UnknownError",
            "TypeError",
        ),
        pattern=r"RNN mask that does not correspond to right-padded sequences"
        r"|cudnnSetRNNDataDescriptor"
        r"|MIOpen only supports packed input output"
        r"|Masking is not supported for CuDNN",
        message="cuDNN cannot use this mask: padding stands before steps, or a sequence has none",
        why="cuDNN runs the first steps of each sequence, at least one, and skips the rest, so that"
        " a mask may only be True and then False.",
        fix='saveguard.pad(sequences, empty="drop") pads behind the steps and drops what has none;'
        " or use_cudnn=False in the layer",
    )
)


def bad(_: Path) -> Call:
    """Padding before the data, as pad_sequences does it."""
    return _validate([0, 0, 5])


def good(_: Path) -> Call:
    """Padding after them."""
    return _validate([5, 0, 0])


def _validate(row: list[int]) -> Call:
    import numpy as np

    contract = Contract.parse("x: int32[batch, time] pad=0 side=post")
    return Call(contract.validate, (np.array([[7, 8, 9], row], "int32"),))
