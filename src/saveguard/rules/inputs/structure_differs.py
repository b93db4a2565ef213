"""The data are not held as the model's inputs are: another number of arrays, or other names.

## What happens

A model with two inputs is given one array, or a dictionary with a wrong key. Keras complains about
the number of tensors, a missing key, or guesses by order with only a warning.

## Why

A model takes its inputs as one array, a list, or a dictionary, and the data must be nested alike.

## Fix

Hold the data as the contract says; it is printed in the finding and in every receipt.

## Seen in

- Keras 3.15.1: "ValueError: Layer "functional" expects 2 input(s), but it received 1 input
  tensors."; a warning "The structure of `inputs` doesn't match the expected structure."

## References

- https://keras.io/guides/functional_api/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Input
from saveguard.facts import BatchFacts, LeafFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.wording import many

rule = Rule("SG501", "structure-differs", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for leaf, expected in zip(facts.leaves, facts.contract.inputs, strict=False):
        yield from _column(leaf, expected)
        if leaf.kind == "absent" and not expected.optional:
            yield rule.finding(
                where=leaf.path,
                message=f"`{leaf.path}` is None, and the model needs it",
                why=f"The contract of this input is {expected}; only an optional one may be None.",
                fix=f"give an array for `{expected.name}`",
            )
    lone = {".", "[.]"}
    if facts.structure == facts.expected or {facts.structure, facts.expected} <= lone:
        return
    names = ", ".join(described.name for described in facts.contract.inputs)
    yield rule.finding(
        where="x",
        message=f"the data are held as {facts.structure}, the model takes {facts.expected}",
        why=f"Its inputs are {names}; arrays that are nested otherwise reach other inputs, or"
        " none.",
        fix=f"hold one array for each of {names}, nested as {facts.expected}",
    )


def _column(leaf: LeafFacts, expected: Input) -> Iterator[Finding]:
    """An input that no column of a data set feeds, and a column that some of its files lack."""
    if leaf.kind == "missing":
        yield rule.finding(
            where=leaf.path,
            message=f"no column feeds the input `{leaf.path}`; the columns are {leaf.value}",
            why=f"The contract of this input is {expected}; without data for it, the model cannot"
            " be called.",
            fix=_named(leaf),
        )
    for one in leaf.suspects:
        if one.kind == "absent":
            yield rule.finding(
                where=leaf.path,
                message=f"{many(one.rows, 'row')} {'has' if one.rows == 1 else 'have'} no column"
                f" `{leaf.path}`",
                why=f"The contract of this input is {expected}; other rows of the data have the"
                " column.",
                fix=f"give all rows the column `{leaf.path}`: one schema for all files, one set of"
                " keys for all batches",
                file=one.file,
                evidence=one.seen,
            )


def _named(leaf: LeafFacts) -> str:
    """How to say which column feeds an input; of several whose path ends so, each is named."""
    columns = re.findall(r"`([^`]+)`", leaf.value)
    paths = [column for column in columns if column.rpartition("/")[2] == leaf.path]
    if paths:
        each = " or ".join(f"--map {leaf.path}={path}" for path in paths)
        return f"say which of them is meant: {each}"
    return f"name its column: --map {leaf.path}=COLUMN, or columns={{{leaf.path!r}: ...}}"


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"expects (?P<expected>\d+) (?:named )?inputs?(?:\(s\))?(?: with keys .*?)?, "
        r"but it received (?P<got>\d+) input tensors?"
        r"|expected (?P<expected2>\d+) input\(s\)\. Received (?P<got2>\d+) instead",
        stages=("predict", "fit", "evaluate", "build", "load"),
        message="the model takes {expected}{expected2} inputs and was given {got}{got2}",
        why="The data are not nested as the model's inputs are.",
        fix="give one array for each of model.inputs, in a list or by name",
    )
)


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "AssertionError", "KeyError", "RuntimeError"),
        pattern=r"you are passing a list as input to your model, but the model expects"
        r"|You cannot pass a dictionary as model (?P<name3>\w+)"
        r"|expected no data, but got"
        r"|structure of `inputs` doesn't match the expected structure"
        r"|called with an invalid input structure"
        r"|Passing a dictionary input to a Sequential Model"
        r"|Missing data for input \"(?P<name>[^\"]+)\""
        r"|No data provided for \"(?P<name2>[^\"]+)\""
        r"|The structure of `inputs` doesn't match the expected structure"
        r"|Could not compute output|expecting (?:to see )?\d+ array\(s\)"
        r"|checking (?:model )?input: the list of Numpy arrays that you are passing to your"
        r" model is not the size",
        stages=("predict", "fit", "evaluate", "build", "load"),
        message="an input of the model was given nothing: {name}{name2}{name3}",
        why="The data are not nested as the model's inputs are.",
        fix="give one array for each of model.inputs, in a list or by name",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("KeyError",),
        pattern=r"Exception encountered when calling \w+\.call\(\)\.(?:\\x1b\[1m|\\n"
        r"|\s)*(?P<name>[\w/.]+)"
        r"(?:\\x1b\[0m|\\n|\s)*Arguments received by",
        stages=("predict", "fit", "evaluate", "build"),
        message="the model looks for an input called {name} and finds none",
        why="The data are a dictionary whose keys are not the names of the model's inputs.",
        fix="print([tensor.name for tensor in model.inputs]), and give one array for each, by name",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"Output with path `(?P<path>[^`]*)` is not connected to `inputs`",
        stages=("predict", "fit", "evaluate"),
        message="an input of the model was given nothing",
        why="The data are not nested as the model's inputs are.",
        fix="give one array for each of model.inputs, in a list or by name",
        frames=r"\.(?:predict|fit|evaluate)\w*\(",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("KeyError",),
        pattern=r"^\d{9,}$",
        stages=("predict", "fit", "evaluate", "build"),
        message="an input of the model was given nothing",
        why="The data are not nested as the model's inputs are.",
        fix="give one array for each of model.inputs, in a list or by name",
        frames=r":_?run_(?:through_graph|internal_graph)",
        alone=None,
    )
)


def bad(tmp: Path) -> Call:
    """Two inputs, one array."""
    return _save(tmp, names=("a",))


def good(tmp: Path) -> Call:
    """Two inputs, two arrays."""
    return _save(tmp, names=("a", "b"))


def _save(tmp: Path, names: tuple[str, ...]) -> Call:
    import keras
    import numpy as np

    inputs = {name: keras.Input((3,), name=name) for name in ("a", "b")}
    model = keras.Model(inputs, keras.layers.Add()([inputs["a"], inputs["b"]]))
    example = {name: np.ones((2, 3), "float32") for name in names}
    return Call("save", (model, tmp / "m.keras"), {"example": example})
