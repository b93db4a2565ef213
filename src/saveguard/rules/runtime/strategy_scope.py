"""The model, its optimizer and its metrics were not made under one distribution strategy.

## What happens

`compile` or `fit` stops.

## Why

A strategy places the variables that are made in its scope. Those that were made outside, or in
another scope, lie elsewhere.

## Fix

Make and compile the model inside one scope:

    with strategy.scope():
        model = build()
        model.compile("adam", "mse")

## Seen in

- TF 1.15 to 2.15: "ValueError: Variable (kernel) was not created in the distribution strategy
  scope of (...)."
- TF 2.2 to 2.15: "ValueError: Metric (acc) passed to model.compile was created inside of a
  different distribution strategy scope than the model."

## References

- https://www.tensorflow.org/guide/distributed_training
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG719", "strategy-scope", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"(?P<kind>Variable|Metric|Optimizer) \((?P<name>[^\n]{1,200}?)\) (?:was not"
        r" created in the distribution strategy scope|passed to `?model\.compile`? was"
        r" created inside (?:of )?a different distribution strategy scope)",
        message="{kind} {name} was not made in the strategy's scope",
        why="A strategy places the variables that are made in its scope; others lie elsewhere.",
        fix="build and compile the model inside one `with strategy.scope():`",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"`?[Dd]istribute`? argument in compile is not available"
        r"|was not created in the distribution strategy scope"
        r"|Need to be inside [\""
        r"']with strategy\.scope"
        r"|Mixing different tf\.distribute\.Strategy objects",
        message="the model, its optimizer or a metric was not made in the strategy's scope",
        why="A strategy places the variables that are made in its scope; others lie elsewhere.",
        fix="build and compile the model inside one `with strategy.scope():`",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Variable (kernel:0) was not created in the distribution strategy "
                "scope of (MirroredStrategy).",
                'train.py:<module>:model.compile("adam", "mse")',
                "keras/engine/training.py:_validate_compile",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Variable (x) was not created.",
                "train.py:<module>:main()",
            ),
        ),
    )
