"""A class number is not below the number of classes, or is negative.

## What happens

Training stops with the label and the range. On a GPU the loss may become NaN instead.

## Why

`sparse_categorical_crossentropy` takes the numbers 0 to classes - 1. Labels that begin with 1, a
label of -1 for unknown, or a last layer with too few units do not fit.

## Fix

Let labels begin with 0, and give the last layer as many units as there are classes:

    classes, y = np.unique(labels, return_inverse=True)
    layers.Dense(len(classes), activation="softmax")

## Seen in

- TF 1 and 2, Keras 3 on TensorFlow: "InvalidArgumentError: Received a label value of 9 which is
  outside the valid range of [0, 3)."

## References

- https://github.com/tensorflow/tensorflow/issues/24010
- https://github.com/keras-team/keras/issues/8766
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Input
from saveguard.facts import BatchFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG508", "label-out-of-range", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        for one in leaf.suspects:
            if one.kind == "class":
                yield _outside(leaf.path, expected, one)


# What the loss makes of it and what to write: of class numbers, of yes and no, of rows of shares.
_NUMBERS = (
    "The loss takes class numbers below the number of units of the last layer: it stops on the"
    " CPU, and gives NaN or a wrong class elsewhere.",
    "let the labels begin with 0 (np.unique(labels, return_inverse=True)), and give the last layer"
    " a unit for each class",
)
_YES = (
    "The loss takes 0 for no and 1 for yes, or a share between: with other values it is still"
    " computed, and may fall without end.",
    "labels of -1 and 1, or of 1 and 2, become 0 and 1: (labels == yes).astype('float32')",
)
_SHARES = (
    "The loss takes a share for each class, 1 for the right one and 0 for others: with other"
    " values it is still computed, and means nothing.",
    "keras.utils.to_categorical(labels) makes such rows of class numbers",
)


def _outside(path: str, expected: Input, one: Suspect) -> Finding:
    """A label that is no class, or, of a row of shares, no share."""
    many = f"; {one.rows:,} rows are so" if one.rows > 1 else ""
    if expected.vocabulary is None:
        message = f"value {one.value} in the labels `{path}` is no share, 0 to 1{many}"
        why, fix = _SHARES
    else:
        last = expected.vocabulary - 1
        message = f"label {one.value} in `{path}` is not among the classes 0 to {last}{many}"
        why, fix = _NUMBERS if expected.maximum is None else _YES
    return rule.finding(
        where=f"{path}{one.place}",
        message=message,
        why=why,
        fix=fix,
        file=one.file,
        evidence=one.seen,
    )


rule.in_traceback(
    Signature(
        exceptions=("InvalidArgumentError", "ValueError"),
        pattern=r"Received a label value of (?P<got>-?\d+) which is outside the valid range of"
        r" \[0, (?P<size>\d+)\)",
        message="label {got} is not among the {size} classes 0 to {size} - 1",
        why="The loss takes class numbers below the number of units of the last layer.",
        fix="let the labels begin with 0 (np.unique(labels, return_inverse=True)), and give "
        "the last layer a unit for each class",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("InvalidArgumentError", "IndexError", "ValueError"),
        pattern=r"index (?P<got>-?\d+) is out of bounds for axis \d+ with size (?P<size>\d+)"
        r"|`(?:labels|predictions)` (?:out of bound|contains negative values)",
        message="label {got} is not among the {size} classes",
        why="There is a place for each of the classes that were declared, from 0 on.",
        fix="num_classes=int(labels.max()) + 1, or let the labels begin with 0",
        frames=r":to_categorical|confusion_matrix|metrics|np_utils|numerical_utils",
        alone=r"to_categorical|confusion_matrix|assert_less",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("IndexError", "InvalidArgumentError", "RuntimeError"),
        pattern=r"^Class values must be|index \d+ is out of bounds for dimension 0 with size"
        r"|Target (?P<got>-?\d+) is out of bounds"
        r"|indices\[\d+\] = \[[\d, -]*\] does not index into (?:param )?shape \[(?P<size>\d+),",
        stages=("fit", "evaluate"),
        message="a label {got} is not among the classes {size}",
        why="The loss or metric takes class numbers below the number of classes.",
        fix="let the labels begin with 0 (np.unique(labels, return_inverse=True)), and give"
        " the last layer, and num_classes of the metric, one for each class",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """Labels that begin with one."""
    return Call(
        "explain",
        (
            pasted(
                "tensorflow.python.framework.errors_impl.InvalidArgumentError: Received a "
                "label value of 3 which is outside the valid range of [0, 3).  Label values:"
                " 3 1 2",
                "train.py:<module>:model.fit(x, y)",
                "keras/engine/training.py:fit",
                "tensorflow/python/eager/execute.py:quick_execute",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """torch, of the same mistake."""
    return Call(
        "explain",
        (
            pasted(
                "IndexError: Target 5 is out of bounds.",
                "train.py:<module>:loss(x, y)",
                "torch/nn/functional.py:cross_entropy",
            ),
        ),
    )
