"""A loss, metric or weight is of a kind that `compile` does not take.

## What happens

`compile`, or the first `fit`, stops.

## Why

A loss is a name, a function of `(y_true, y_pred)`, or an object of a loss class, and a metric
likewise; metrics stand in a list or a dict, loss weights are plain numbers. A class without its
brackets is none of these.

## Fix

Give `keras.losses.MeanSquaredError()` with its brackets, a list for `metrics`, and numbers for
`loss_weights`.

## Seen in

- Keras 3: "ValueError: Expected `metrics` argument to be a list, tuple, or dict. Received
  instead: metrics=acc"
- Keras 3.0 to 3.14: "ValueError: Expected all entries in the `metrics` list to be metric
  objects."
- TF 2.1 to 2.15: "ValueError: Received uninstantiated Loss class"
- TF 2.6 to 2.15: "ValueError: Loss should be a callable, received: 3"
- TF 1.15: "TypeError: Type of `metrics` argument not understood. Expected a list or dictionary"

## References

- https://keras.io/api/losses/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG526", "loss-not-callable", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Expected `(?P<what>\w*metrics|loss_weights)` argument to be (?:a|an)"
        r" [\s\S]{0,90}?Received instead: \w+=(?P<got>.{1,60})"
        r"|Expected all entries in the `(?P<what2>\w+)` list to be metric objects"
        r"|sublists? of the `(?P<what3>\w+)` (?:list|dict) should be metric objects"
        r"|(?:Loss|Metric) should be a callable, (?:found|received): (?P<got2>.{1,60})"
        r"|Type of `(?P<what4>\w+)` argument not understood"
        r"|the `(?P<what5>loss)` argument must be a callable"
        r"|Unsupported type .{1,60} in the `(?P<what6>loss)` configuration",
        stages=("fit", "evaluate", "compile"),
        message="compile does not take {got}{got2} for {what}{what2}{what3}{what4}{what5}{what6}",
        why="A loss or metric is a name, a function or an object; metrics stand in a list, "
        "loss weights are numbers.",
        fix="keras.losses.MeanSquaredError() with its brackets; metrics=[...]; "
        "loss_weights=[1.0, ...]",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Received uninstantiated Loss class"
        r"|each (?:list|dict) entry should be a (?:callable|Python)"
        r"|`loss_weights` argument(?:, each element should be| must be a Python float)"
        r"|Expected metric, received `None`"
        r"|passed to parameter 'y' of op '(?:Mul|Equal)', got '[^']*' of type 'str'"
        r"|Could not interpret loss_weights argument",
        stages=("fit", "evaluate", "compile"),
        message="compile does not take what was given as a loss, metric or weight",
        why="A loss or metric is a name, a function or an object; metrics stand in a list, "
        "loss weights are numbers.",
        fix="keras.losses.MeanSquaredError() with its brackets; metrics=[...]; "
        "loss_weights=[1.0, ...]",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Expected `metrics` argument to be a list, tuple, or dict. Received "
                "instead: metrics=acc of type <class 'str'>",
                'train.py:<module>:model.compile("sgd", "mse", metrics="acc")',
                "keras/src/trainers/compile_utils.py:__init__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Expected metrics to be better.",
                "train.py:<module>:main()",
            ),
        ),
    )
