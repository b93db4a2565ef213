"""An array has fewer or more axes than the model's input.

## What happens

One sample is given without its batch axis, or a column of numbers where the model wants vectors.
Keras stops with "expected ndim=3, found ndim=2", or reads 500 numbers as 500 samples.

## Why

Every input has a batch axis first: one sample of shape (10,) is a batch of shape (1, 10).

## Fix

    x[None, ...]            # one sample -> a batch of one
    x[..., None]            # a series of numbers -> a series of vectors of length 1

## Seen in

- TF 2.x: "Input 0 of layer sequential is incompatible with the layer: expected ndim=3, found
  ndim=2. Full shape received: (57, 1)".
- Keras 3.15.1: "ValueError: Input 0 of layer "lstm" is incompatible with the layer: expected
  ndim=3, found ndim=2."; for a fully convolutional model: silent.

## References

- https://github.com/keras-team/keras-io/issues/1929
- https://github.com/tensorflow/tensorflow/issues/43068
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Axis, Input
from saveguard.facts import BatchFacts, LeafFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG502", "rank-differs", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        yield from (_column(leaf, expected, one) for one in leaf.suspects if one.kind == "rank")
        if leaf.kind != "array" or expected.rank in (None, len(leaf.shape)):
            continue
        if _squeezable(leaf, expected):
            continue
        yield rule.finding(
            where=leaf.path,
            message=f"`{leaf.path}` has shape {leaf.shape}, {len(leaf.shape)} axes; the model"
            f" takes {expected.rank}",
            why=f"The contract of this input is {expected}.",
            fix=_fix(leaf, expected),
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"incompatible with (?:the layer|layer \S+?): (?:: )?expected"
        r" max_ndim=(?P<expected2>\d+), found ndim=(?P<got2>\d+)"
        r"|incompatible with (?:the layer|layer \S+?): (?:: )?expected "
        r"(?:min_)?ndim=(?P<expected>\d+), found ndim=(?P<got>\d+)",
        stages=("predict", "fit", "evaluate", "build"),
        message="the data have {got}{got2} axes, the layer takes {expected}{expected2}",
        why="Every input has a batch axis first; one sample alone lacks it.",
        fix="x[None, ...] for one sample; compare x.shape with model.input_shape",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"Expected shape (?P<expected>\(.*?\)), but input has incompatible shape"
        r" (?:torch.Size)?"
        r"(?P<got>\(.*?\))",
        stages=("predict", "fit", "evaluate", "build"),
        message="the data have shape {got}, the model takes {expected}",
        why="Every input has a batch axis first, and its other axes have the sizes of training.",
        fix="x[None, ...] for one sample; else give the axes the sizes of model.input_shape",
        certainty="likely",
    )
)


def _column(leaf: LeafFacts, expected: Input, one: Suspect) -> Finding:
    """Rows of a data set that are nested more or less deeply than the input's axes."""
    held = one.value.strip("'")
    some = "rows" if one.rows == leaf.rows else f"{one.rows:,} rows"
    axes = "any number" if expected.rank is None else expected.rank - 1
    return rule.finding(
        where=f"{leaf.path}{one.place}",
        message=f"{some} of `{leaf.path}` are {held}; the model takes {axes} axes behind the batch",
        why=f"The contract of this input is {expected}.",
        fix="write a list for each axis, or a tensor column; or name the column that was meant with"
        f" --map {expected.name}=COLUMN",
        file=one.file,
        evidence=one.seen,
    )


def _squeezable(leaf: LeafFacts, expected: Input) -> bool:
    """Keras adds or removes a last axis of size 1 by itself."""
    axes = expected.axes or ()
    if len(leaf.shape) + 1 == len(axes):
        return len(axes) == 2 and axes[-1].size == 1
    return len(leaf.shape) == len(axes) + 1 and leaf.shape[-1] == 1 and len(leaf.shape) > 1


def _fix(leaf: LeafFacts, expected: Input) -> str:
    """What to write, where the sizes say it; each line is one that holds the same values."""
    axes, shape, path = expected.axes or (), leaf.shape, leaf.path
    if _fits(shape, axes[1:]):
        return f"{path}[None, ...] makes one sample a batch of shape {(1, *shape)}"
    if _fits((*shape, 1), axes):
        return f"{path}[..., None] makes it {(*shape, 1)}"
    if _fits((*shape, 1), axes[1:]):
        return f"{path}[None, ..., None] makes one sample a batch of shape {(1, *shape, 1)}"
    for index, size in enumerate(shape):
        if size == 1 and _fits(shape[:index] + shape[index + 1 :], axes):
            return f"np.squeeze({path}, axis={index}) leaves out the axis of size 1"
    fixed = [axis.size for axis in axes[1:]]
    known, total = math.prod(size or 1 for size in fixed), math.prod(shape)
    if fixed.count(None) > 1 or not total or total % max(known, 1):
        return f"give arrays of {len(axes)} axes; no reshape of {shape} can be one"
    rows = len(fixed) + 1 < len(shape) or None in fixed
    first = (
        str(shape[0]) if rows and shape[0] and (total // shape[0]) % max(known, 1) == 0 else "-1"
    )
    if first == "-1" and None in fixed:
        return f"give arrays of {len(axes)} axes, as {expected}"
    inner = ", ".join("-1" if size is None else str(size) for size in fixed)
    return f"{path}.reshape({first}, {inner}), if its values are laid out so"


def _fits(shape: tuple[int, ...], axes: tuple[Axis, ...]) -> bool:
    return len(shape) == len(axes) > 0 and all(map(Axis.takes, axes, shape))


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"checking input: expected \S+ to have (?P<expected>\d+) dimensions, but got array "
        r"with shape (?P<got>\([^)]*\))",
        stages=("predict", "fit", "evaluate", "build"),
        message="the data have shape {got}, the layer takes {expected} axes",
        why="Every input has a batch axis first; one sample alone lacks it.",
        fix="x[None, ...] for one sample; compare x.shape with model.input_shape",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"Shape must be (?:at least )?rank \d+ but is rank \d+|should be passed an"
        r" `input_shape ?` with at least (?P<expected>\d) dimensions"
        r",? received: (?P<got>[(\[][^)\]]*[)\]])"
        r"|Invalid (?:value for `axis` argument|axis:? )[^\n]{0,20}"
        r"|Expected 0 <= axis < inputs\.rank",
        stages=("predict", "fit", "evaluate", "build"),
        message="a layer is given an input of another rank than it takes: {got}",
        why="It needs an axis that the input does not have: steps, rows or channels.",
        fix="print(x.shape) before the layer; keras.layers.Reshape, or return_sequences=True in the"
        " recurrent layer before it, adds the axis",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("IndexError",),
        pattern=r"^(?:tuple|list) index out of range",
        stages=("build",),
        frames=r"layers/[\w/]+\.py:(?:build|compute_output_shape|__init__)",
        message="a layer is given an input of another rank than it takes",
        why="It asks for an axis that the input does not have.",
        fix="print(x.shape) before the layer that the traceback ends in",
        certainty="likely",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AssertionError",),
        pattern=r"^$",
        frames=r"wrappers\.py:build",
        message="TimeDistributed is given an input without steps",
        why="It runs a layer over the axis after the batch, and there is none but the features.",
        fix="give it an input of at least three axes: rows, steps, features",
        certainty="likely",
        alone=None,
    )
)


def bad(tmp: Path) -> Call:
    """One sample without its batch axis."""
    return _save(tmp, (10,))


def good(tmp: Path) -> Call:
    """The same sample as a batch of one."""
    return _save(tmp, (1, 10))


def _save(tmp: Path, shape: tuple[int, ...]) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones(shape, "float32")})
