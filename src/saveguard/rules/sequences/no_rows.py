"""The data have no rows.

## What happens

One mistake, another message in nearly every release; and `fit` of Keras 3 returns as if it had
trained. `evaluate` returns an empty list.

## Why

Nothing reaches the loop: a folder that was not found, a filter that removed everything, a window
longer than the series, a batch larger than the data with `drop_remainder`, an iterator that is
used up.

## Fix

Count what each split holds before training, and stop with the name of its source:

    if len(x) == 0:
        raise ValueError(f"no samples in {folder}")

## Seen in

- TF 1.15 and 2.0, predict: "ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1".
- TF 2.1, predict: "ValueError: The target structure is of type `<class 'NoneType'>`".
- TF 2.2 and 2.3: "UnboundLocalError: local variable 'batch_outputs' referenced before assignment".
- TF 2.3, predict: "AttributeError: 'int' object has no attribute 'assign'".
- TF 2.7 to 2.15: "ValueError: Unexpected result of `predict_function` (Empty batch_outputs)."
- Keras 3.15.1, predict: "UnboundLocalError: cannot access local variable 'batch_outputs'"; fit
  returns an empty history with a warning, "Your input ran out of data"; evaluate an empty list.

## References

- https://github.com/keras-team/keras/issues/23072
- https://github.com/tensorflow/tensorflow/issues/32117
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG602", "no-rows", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    if facts.leaves and all(leaf.kind == "column" and not leaf.rows for leaf in facts.leaves):
        yield _no_rows(facts.leaves[0].path)
    for leaf in facts.leaves:
        if leaf.kind == "array" and leaf.shape and 0 in leaf.shape:
            empty = "rows" if leaf.shape[0] == 0 else f"values along axis {leaf.shape.index(0)}"
            yield rule.finding(
                where=leaf.path,
                message=f"`{leaf.path}` has no {empty}: shape {leaf.shape}",
                why="No sample reaches the model: predict() of Keras 3.15 stops with an"
                " UnboundLocalError about `batch_outputs`, and fit() returns without having"
                " trained.",
                fix=f"look at where `{leaf.path}` comes from: a folder that was not found, a filter"
                " that removed everything, a window longer than the series",
            )


def _no_rows(column: str) -> Finding:
    """A data set without rows."""
    return rule.finding(
        where=column,
        message="the data have no rows",
        why="No sample reaches the model: fit() of Keras 3.15 returns without having trained, and"
        " predict() stops with an UnboundLocalError about `batch_outputs`.",
        fix="look at where they come from: a filter that removed everything, a file that was"
        " opened and never written",
    )


_EMPTY = "The data are empty, or the data set was used up: the loop over batches never ran."
_COUNT = "count the samples of every split before the call, and stop with their source's name"
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "UnboundLocalError"),
        pattern=r"`steps_per_epoch`\. Received value is 0"
        r"|steps_per_epoch must be positive"
        r"|The PyDataset has length 0"
        r"|Expected steps_per_epoch to be positive"
        r"|local variable '(?:batch_outputs|epoch_logs|batch_index)'"
        r"|\(Empty (?:batch_outputs|logs)\)|Empty training data|Expect x to be a non-empty array"
        r"|Expected input data to be non-empty|generator must yield at least one batch"
        r"|No (?:images|files|videos|audio files?|samples|texts?) found in directory|PyDataset"
        r" has length 0"
        r"|Asked to retrieve element 0, but the Sequence has length 0|Found 0 (?:images|files)"
        r" belonging",
        stages=("predict", "fit", "evaluate"),
        message="no rows reached the model",
        why=_EMPTY,
        fix=_COUNT,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("UnboundLocalError", "AttributeError"),
        pattern=r"local variable '(?:logs|step)'|'int' object has no attribute 'assign'",
        stages=("predict", "fit", "evaluate"),
        message="no rows reached the model",
        why=_EMPTY,
        fix=_COUNT,
        frames=r"training\w*\.py:|(?:trainer|_loop)\w*\.py:|traceback_utils",
        alone=".",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Structure is a scalar but len\(flat_sequence\) == 0"
        r"|target structure is of type `?<class 'NoneType'>`?[\s\S]*of length 0",
        stages=("predict", "fit", "evaluate"),
        message="no rows reached the model",
        why="The data are empty, or the data set was used up. TF 1.15 to 2.1 pack the outputs of"
        " no batches into the structure of one.",
        fix=_COUNT,
    )
)


def no_sequences() -> Finding:
    """The finding for sequences of which there are none."""
    return rule.finding(
        where="sequences",
        message="there are no sequences to pad",
        why="Nothing tells their dtype or their shape, and a model has nothing to learn from.",
        fix="look at where they come from: a folder that was not found, a filter that removed"
        " everything",
    )


rule.in_traceback(
    Signature(
        exceptions=("StopIteration", "RuntimeError", "TypeError", "AttributeError", "IndexError"),
        pattern=r"^$|dataset iterator ran out of data"
        r"|'NoneType' object (?:is not iterable|has no attribute 'items')"
        r"|argument of type 'NoneType' is not iterable|for \*: 'int' and 'NoneType'"
        r"|^list index out of range",
        stages=("predict", "fit", "evaluate"),
        frames=r":_?peek_and_restore|:_symbolic_build|:unpack_iterator_input|trainer\.py:(?:fit"
        r"|evaluate|_flatten)"
        r"|training_v2\.py:run_one_epoch|generator_data_adapter\.py:__init__"
        r"|training_arrays\.py:\w+_loop",
        message="no rows reached the model",
        why=_EMPTY,
        fix=_COUNT,
        certainty="likely",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"got num_samples=0|is not optional, but None was passed"
        r"|Must provide at least one structure",
        stages=("predict", "fit", "evaluate"),
        message="no rows reached the model",
        why=_EMPTY,
        fix=_COUNT,
        certainty="likely",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"Inputs to a layer should be tensors\. Got '?None'?",
        stages=("predict", "fit", "evaluate"),
        message="no rows reached the model",
        why=_EMPTY,
        fix=_COUNT,
        frames=r":_symbolic_build|traceback_utils",
        certainty="likely",
        alone=None,
    )
)


def bad(tmp: Path) -> Call:
    """A batch of zero sequences."""
    return _save(tmp, 0)


def good(tmp: Path) -> Call:
    """A batch of one."""
    return _save(tmp, 1)


def _save(tmp: Path, rows: int) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((10, 1)), keras.layers.LSTM(4), keras.layers.Dense(1)])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((rows, 10, 1), "float32")})
