"""An axis of an array has another size than the model's input fixes.

## What happens

Keras stops in the first layer whose weights do not fit: "expected axis -1 of input shape to have
value 10, but received input with shape (None, 9)".

## Why

A layer's weights are made for one size of its input's fixed axes.

## Fix

Choose the same columns, window or image size as in training; or build the model for this size.

## Seen in

- Keras 3.15.1: "ValueError: Input 0 of layer "dense" is incompatible with the layer: expected
  axis -1 of input shape to have value 10, but received input with shape (2, 9)".
- Keras 2.x: "Error when checking input: expected dense_input to have shape (7,) but got array with
  shape (1,)".

## References

- https://github.com/keras-team/keras/issues/7403
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Axis, Input
from saveguard.facts import BatchFacts, LeafFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG503", "shape-differs", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        yield from (_column(leaf, expected, one) for one in leaf.suspects if one.kind == "length")
        if leaf.kind != "array" or expected.axes is None or leaf.rows == 0:
            continue
        for index, (size, axis) in enumerate(zip(leaf.shape, expected.axes, strict=False)):
            if len(leaf.shape) != len(expected.axes) or axis.takes(size):
                continue
            yield rule.finding(
                where=leaf.path,
                message=f"axis {index} of `{leaf.path}` has {size} values, the model takes"
                f" {axis if axis.size is None else axis.size}: shape {leaf.shape}",
                why=f"The contract of this input is {expected}; "
                + (
                    "its layers' weights are made for that size."
                    if axis.size is not None
                    else "it was made for no other length."
                ),
                fix=(fix := _fix(leaf, expected.axes, index)),
            )
            if fix.startswith("np.moveaxis"):
                break  # one cause, whatever the number of axes that it moves


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"expected axis (?P<axis>-?\d+) of input shape to have value (?P<expected>\d+),? "
        r"but received input with shape (?P<shape>[(\[].*?[)\]])",
        stages=("predict", "fit", "evaluate", "build"),
        message="axis {axis} of the data should have {expected} values; their shape is {shape}",
        why="A layer's weights are made for one size of its input's last axis.",
        fix="choose the same columns or sizes as in training, or build the model for these",
    )
)


def _column(leaf: LeafFacts, expected: Input, one: Suspect) -> Finding:
    """Rows of a data set whose sequences, or vectors, have another length than the axes."""
    axes = (expected.axes or ())[1:]
    # All axes laid out as one have the length of their product; one more may have a single value.
    due = (*axes, Axis(size=1))[one.axis - 1 : one.axis] if one.axis else axes
    fixed = all(axis.size is not None for axis in due)
    many = one.rows > 1
    some = f"{one.rows:,} rows of `{leaf.path}` have" if many else f"a row of `{leaf.path}` has"
    other = f"another length on axis {one.axis}" if one.axis else "another length"
    made = "its layers' weights are made for that size" if fixed else "it was made for no other"
    return rule.finding(
        where=f"{leaf.path}{one.place}",
        message=f"{some} {other} than [{', '.join(map(str, due))}]; the first has {one.value}",
        why=f"The contract of this input is {expected}; {made}{'' if fixed else ' length'}.",
        fix="choose the same columns, window or image size as in training"
        if fixed
        else f"cut or split them, and count what is lost: saveguard.pad({leaf.path},"
        " max_length=..., truncate='post')",
        file=one.file,
        evidence=one.seen,
    )


def _fix(leaf: LeafFacts, axes: tuple[Axis, ...], index: int) -> str:
    axis, size = axes[index], leaf.shape[index]
    moved = (leaf.shape[0], *leaf.shape[2:], leaf.shape[1]) if len(leaf.shape) > 2 else ()
    if moved and moved != leaf.shape and all(map(Axis.takes, axes, moved)):
        return f"np.moveaxis({leaf.path}, 1, -1) puts the channels last: shape {moved}"
    if axis.size is not None:
        return (
            f"give axis {index} the size {axis.size} that the model was built with, or"
            f" build a model for {size}"
        )
    if axis.maximum is not None and size > axis.maximum:
        cut = ", ".join([":"] * index + [f":{axis.maximum}"])
        return f"{leaf.path}[{cut}] keeps the first {axis.maximum} and drops the rest"
    return f"give axis {index} at least {axis.minimum} values, padded ones included"


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"was passed incompatible inputs\. For input '[^']*', expected shape"
        r" (?P<expected3>\([^)]*\)), but received instead a tensor with shape"
        r" (?P<got3>\([^)]*\))"
        r"|expected shape=(?P<expected>\([^)]*\)), found shape=(?P<got>[(\[][^)\]]*[)\]])"
        r"|checking input: expected \S+ to have shape (?P<expected2>\([^)]*\)) but got array with"
        r" shape (?P<got2>\([^)]*\))",
        stages=("predict", "fit", "evaluate", "build"),
        message="the data have shape {got}{got2}{got3}, the model takes"
        " {expected}{expected2}{expected3}",
        why="A layer's weights are made for one size of its input.",
        fix="choose the same columns or sizes as in training, or build the model for these",
        certainty="likely",
    )
)


rule.in_traceback(
    Signature(
        exceptions=("InvalidArgumentError", "ValueError"),
        pattern=r"Dimensions must be equal, but are (?P<got4>\d+) and (?P<weights4>\d+) for"
        r" '[^']*(?:MatMul|BiasAdd|Conv\dD|convolution)|Matrix size-incompatible: In\[0\]:"
        r" (?P<got>\[[\d,]+\]), In\[1\]:"
        r" (?P<weights>\[[\d,]+\])"
        r"|input depth must be evenly divisible by filter depth: (?P<got2>\d+) vs (?P<weights2>\d+)"
        r"|(?:inputs?|input channels?) and filter must have the same depth: (?P<got3>\d+) vs"
        r" (?P<weights3>\d+)",
        stages=("predict", "fit", "evaluate", "build"),
        message="the input {got}{got2}{got3}{got4} does not fit the weights"
        " {weights}{weights2}{weights3}{weights4}",
        why="The last axis counts features or channels, for which the weights were made.",
        fix="bring the data to model.input_shape; print(x.shape) of a batch shows what comes",
        certainty="likely",
        alone=r"dense|conv|sequential|keras",
    )
)


def bad(tmp: Path) -> Call:
    """Nine columns for a model of ten."""
    return _save(tmp, 9)


def good(tmp: Path) -> Call:
    """Ten."""
    return _save(tmp, 10)


def _save(tmp: Path, columns: int) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, columns), "float32")})
