"""The targets have another shape than the loss wants for the output of the model.

## What happens

Training stops at the first batch, or when the loss is first computed. With some shapes it goes on,
broadcasts one against the other, and learns nonsense.

## Why

The last layer and the targets do not fit the loss: class numbers with `categorical_crossentropy`,
one-hot rows with the sparse one, a last layer of 1 unit for 3 classes, a missing axis. Or a model
labels each step, and a row has another number of labels than of steps.

## Fix

| targets | last layer | loss | | --- | --- | --- | | class numbers, shape (n,) | classes, softmax |
sparse_categorical_crossentropy | | one-hot rows, (n, classes) | classes, softmax |
categorical_crossentropy | | 0 or 1, (n, 1) | 1, sigmoid | binary_crossentropy | | numbers, (n, k) |
k, linear | mean_squared_error |

## Seen in

- Keras 3: "ValueError: Arguments `target` and `output` must have the same shape. Received:
  target.shape=(None, 1), output.shape=(None, 3)"
- TF 2: "ValueError: Shapes (None, 1) and (None, 3) are incompatible", "`logits` and `labels` must
  have the same shape, received ((None, 1) vs (None, 3))."
- TF to 2.1: "ValueError: A target array with shape (8, 1) was passed for an output of shape (None,
  3) while using as loss `categorical_crossentropy`."
- All with TensorFlow: "InvalidArgumentError: logits and labels must have the same first dimension,
  got logits shape [8,3] and labels shape [24]"

## References

- https://github.com/keras-team/keras/issues/11749
- https://github.com/tensorflow/tensorflow/issues/42015
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Input
from saveguard.facts import BatchFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG506", "target-shape-differs", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        for one in leaf.suspects:
            if one.kind == "target-steps":
                yield _steps(leaf.path, one)
            if one.kind not in ("target", "target-length"):
                continue
            some = f"{one.rows:,} row{'s' * (one.rows != 1)} of the labels `{leaf.path}`"
            has = "has" if one.rows == 1 else "have"
            what = f"{has} another length, the first {one.value}"
            if one.kind == "target":
                what = f"{'is' if one.rows == 1 else 'are'} {leaf.dtype}"
            yield rule.finding(
                where=f"{leaf.path}{one.place}",
                message=f"{some} {what}; the loss takes {_due(expected)}",
                why="The loss compares one with the other, value by value; it stops at the first"
                " batch, or broadcasts them.",
                fix="class numbers go with sparse_categorical_crossentropy, one-hot rows with"
                " categorical_crossentropy; the last layer has as many units as a label has"
                " values",
                file=one.file,
                evidence=one.seen,
            )


def _steps(path: str, one: Suspect) -> Finding:
    """Labels of each step, of which a row has more or fewer than steps."""
    rows = "1 row has" if one.rows == 1 else f"{one.rows:,} rows have"
    labels, steps = one.value.strip("()").split(", ")
    return rule.finding(
        where=f"{path}{one.place}",
        message=f"{rows} another number of labels in `{path}` than of steps in `{one.beside}`;"
        f" the first has {labels} for {steps}",
        why="The model gives an output for each step, and the loss compares it with the label of"
        " that step: after padding, labels stand beside steps that they are not of, or beside"
        " none.",
        fix="cut or split both together where the data are read, so that"
        f" len(row['{path}']) == len(row['{one.beside}'])",
        file=one.file,
        evidence=one.seen,
    )


def _due(expected: Input) -> str:
    """What the loss takes, in words: `one number a row`, `4 values a row`, `7 values a step`."""
    sizes = [axis.size for axis in (expected.axes or ())[1:]]
    each = "step" if sizes[:1] == [None] else "row"
    sizes = sizes[1:] if each == "step" else sizes
    what = " x ".join("any" if size is None else str(size) for size in sizes)
    return f"{what} values a {each}" if sizes else f"one number a {each}"


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "InvalidArgumentError"),
        pattern=r"Arguments `target` and `output` must have the same (?:shape|rank)"
        r"[\s\S]*?target\.shape=(?P<got>[^)]*\)), output\.shape=(?P<expected>[^)]*\))"
        r"|Argument `output` must have rank \(ndim\)[\s\S]*?target\.shape=(?P<got2>\("
        r"[^)]*\)), output\.shape=(?P<expected2>\([^)]*\))"
        r"|target array with shape (?P<got3>\([^)]*\)) was passed for (?:an )?output of"
        r" shape (?P<expected3>\([^)]*\))"
        r"|expected (?:\S+ )?(?:to have )?.*Error when checking target"
        r"|Error when checking target: expected (?P<layer>\S+) to have (?:shape"
        r" )?(?P<expected4>.*?) but got array with shape (?P<got4>\([^)]*\))"
        r"|passing a target array of shape (?P<got5>\([^)]*\)) while using as loss",
        stages=("fit", "evaluate"),
        message="the targets have shape {got}{got2}{got3}{got4}{got5}, the output of the model "
        "{expected}{expected2}{expected3}{expected4}",
        why="The loss compares one with the other, and they do not fit.",
        fix="class numbers go with sparse_categorical_crossentropy, one-hot rows with "
        "categorical_crossentropy; the last layer has as many units as a target has "
        "values",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "InvalidArgumentError"),
        pattern=r"`?logits`? and `?labels`? must have the same (?:first dimension|shape)(?:, "
        r"(?:got|received) (?P<shapes>.{0,80}))?"
        r"|logits and labels must be (?:same size|broadcastable)"
        r"|y_true and y_pred must have"
        r"|Can not squeeze dim\[1\], expected a dimension of 1",
        stages=("fit", "evaluate"),
        message="the targets do not fit the output of the model {shapes}",
        why="The loss compares one with the other, row by row.",
        fix="class numbers go with sparse_categorical_crossentropy, one-hot rows with "
        "categorical_crossentropy; the last layer has as many units as a target has "
        "values",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "InvalidArgumentError", "TypeError"),
        pattern=r"Shapes (?P<got>\([^)]*\)) and (?P<expected>\([^)]*\)) are incompatible"
        r"|Dimensions must be equal, but are (?P<size>\d+) and (?P<size2>\d+) for"
        r" .{0,40}(?:loss|mse|squared|error|crossentropy|Sub|SquaredDifference)"
        r"|[Ii]ncompatible shapes: (?P<shape>\[[\d,]*\]) vs\.? (?P<shape2>\["
        r"[\d,]*\])(?=[\s\S]*(?:loss|SquaredDifference|mean_\w+_error|crossentropy))"
        r"|[Ii]ncompatible shapes for broadcasting",
        stages=("fit", "evaluate"),
        message="the targets do not fit the output of the model: {got} {expected} {size} {size2}"
        " {shape} {shape2}",
        why="The loss compares one with the other, value by value.",
        fix="give the targets the shape of model.output_shape, or the last layer the size of"
        " the targets",
        certainty="likely",
        frames=r"loss|compile_utils|training\w*\.py|trainer\.py|traceback_utils|metrics",
        alone=r"loss|SquaredDifference|crossentropy",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("RuntimeError",),
        pattern=r"size of tensor a \((?P<size>\d+)\) must match the size of tensor b"
        r" \((?P<size2>\d+)\)",
        stages=("fit", "evaluate"),
        message="the targets do not fit the output of the model: {size} {size2}",
        why="On torch the loss compares one with the other, value by value.",
        fix="give the targets the shape of model.output_shape, or the last layer the size of"
        " the targets",
        certainty="likely",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """One column of targets for three classes."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Shapes (None, 1) and (None, 3) are incompatible",
                "train.py:<module>:model.fit(x, y)",
                "keras/engine/training.py:train_step",
                "keras/losses.py:categorical_crossentropy",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """NumPy, of shapes that do not fit."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: operands could not be broadcast together with shapes (2,3) (4,3)",
                "train.py:<module>:loss = (a - b) ** 2",
            ),
        ),
    )
