"""The model is trained or evaluated before it was compiled.

## What happens

`fit`, `evaluate` or `train_on_batch` stops at once.

## Why

A model that was built by code, or loaded with `compile=False`, cloned, or from a file of weights,
has no optimizer and no loss. Some files load uncompiled with a warning only.

## Fix

Compile it:

    model.compile(optimizer="adam", loss="mse")

## Seen in

- TF to 2.15: "RuntimeError: You must compile your model before training/testing. Use
  `model.compile(optimizer, loss)`."
- Keras 3: "ValueError: You must call `compile()` before using the model."
- Keras 1 and 2: "RuntimeError: The model needs to be compiled before being used."

## References

- https://keras.io/api/models/model_training_apis/#compile-method
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG510", "not-compiled", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "ValueError"),
        pattern=r"You must compile (?:your|a) model before"
        r"|You must call `compile\(\)` before"
        r"|model needs to be compiled before"
        r"|must be compiled before",
        message="the model was not compiled",
        why="It has no optimizer and no loss: it was built by code, cloned, or loaded with "
        "compile=False.",
        fix='model.compile(optimizer="adam", loss=...) before the call',
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"'\w+' object has no attribute '(?:optimizer|loss|compiled_loss|compiled_metrics)'"
        r"|'NoneType' object has no attribute '(?:apply_gradients|minimize|compute_loss)'",
        stages=("fit", "evaluate"),
        message="the model was not compiled",
        why="It has no optimizer and no loss: it was built by code, cloned, or loaded with"
        " compile=False.",
        fix='model.compile(optimizer="adam", loss=...) before the call',
        certainty="likely",
        alone=r"Sequential|Functional|apply_gradients",
    )
)


def bad(_tmp: Path) -> Call:
    """A model as built."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: You must call `compile()` before using the model.",
                "train.py:<module>:model.fit(x, y)",
                "keras/src/trainers/trainer.py:_assert_compile_called",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Something else that wants compiling."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: the pattern must be compiled first",
                "train.py:<module>:scan(x)",
            ),
        ),
    )
