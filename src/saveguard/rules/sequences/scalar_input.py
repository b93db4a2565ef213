"""A single number is given where the model takes an array.

## What happens

Keras does not find a way to read it: "Unrecognized data type", "tuple index out of range", "Failed
to find data adapter". None of them says that the input is a number.

## Why

A model takes a batch: its first axis counts the samples. A number has no axis.

## Fix

    x = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "float32").reshape(1, 10)

## Seen in

- TF 2.x: "Failed to find data adapter that can handle input: <class 'float'>, <class 'NoneType'>".
- Keras 3.15.1: "ValueError: Unrecognized data type: x=3.0 (of type <class 'float'>)"; for a 0-d
  array: "IndexError: tuple index out of range".

## References

- https://github.com/tensorflow/tensorflow/issues/31600
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts, LeafFacts, Suspect
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG601", "scalar-input", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for index, leaf in enumerate(facts.leaves):
        yield from (_row(leaf, one) for one in leaf.suspects if one.kind == "scalar")
        if leaf.kind != "scalar":
            continue
        expected = facts.contract.inputs[min(index, len(facts.contract.inputs) - 1)]
        sizes = [str(axis.size or 1) for axis in (expected.axes or ())[1:]]
        yield rule.finding(
            where=leaf.path,
            message=f"`{leaf.path}` is a single number ({leaf.value}), the model takes"
            f" {expected.dtype}[{', '.join(map(str, expected.axes or ()))}]",
            why="A model takes a batch, whose first axis counts the samples; a number has no axis.",
            fix=f'np.asarray(values, "{expected.dtype}").reshape(1, {", ".join(sizes)})',
        )


def _row(leaf: LeafFacts, one: Suspect) -> Finding:
    place = f"{leaf.path}{one.place}"
    return row_is_scalar(place, one.row, one.value, one.count, file=one.file, seen=one.seen)


def row_is_scalar(
    place: str, row: int, value: str, count: int = 1, *, file: str = "", seen: tuple[str, ...] = ()
) -> Finding:
    """The finding for a row that is a single value among sequences."""
    more = f"; {count} rows are so" if count > 1 else ""
    return rule.finding(
        where=place,
        message=f"row {row} at `{place}` is {value} where a sequence is due{more}",
        why="A sequence has a length; a single value has none, so no padding makes it one.",
        fix=f"write it as a sequence of one, [{value}], or leave the row out",
        file=file,
        evidence=seen,
    )


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"must be at least rank 1\. Received"
        r"|Expected an array data type but received an integer"
        r"|must be a list of iterables\. Found non-iterable"
        r"|`sequences` must be iterable"
        r"|Unrecognized data type: x=(?P<value>.*?) \(of type <class '(?:float|int|bool)'>\)"
        r"|Failed to find data adapter that can handle input: <class '(?:float|int)'>",
        stages=("predict", "fit", "evaluate"),
        message="a single number {value} was given where the model takes an array",
        why="A model takes a batch, whose first axis counts the samples.",
        fix="np.asarray(x).reshape(1, ...) with the sizes of model.input_shape",
    )
)


rule.in_traceback(
    Signature(
        exceptions=("IndexError",),
        pattern=r"^(?:tuple|list) index out of range",
        stages=("predict", "fit", "evaluate"),
        frames=r"(?<!generator_)data_adapter\w*\.py|tensor_shape\.py:__getitem__"
        r"|training_utils\w*\.py",
        message="a single number, or an array without axes, was given where a batch belongs",
        why="A model takes a batch, whose first axis counts the samples; this has none.",
        fix="np.asarray(x).reshape(1, ...) with the sizes of model.input_shape",
        certainty="likely",
        alone=None,
    )
)


def bad(tmp: Path) -> Call:
    """A number for a model of ten columns."""
    return _save(tmp, scalar=True)


def good(tmp: Path) -> Call:
    """Ten numbers as one sample."""
    return _save(tmp, scalar=False)


def _save(tmp: Path, *, scalar: bool) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])
    example = 3.0 if scalar else np.arange(10.0, dtype="float32").reshape(1, 10)
    return Call("save", (model, tmp / "m.keras"), {"example": example})
