"""A checkpoint of an optimizer of before 2.11 is restored into one of the newer kind.

## What happens

Restoring stops, although the model's own weights are the same.

## Why

Keras 2.11 wrote its optimizers anew. They name and order their variables otherwise, and those of
the old kind live on as `tf.keras.optimizers.legacy`.

## Fix

Continue with the old kind, or restore the model alone and begin with a fresh optimizer:

    model.compile(tf.keras.optimizers.legacy.Adam(), loss)
    tf.train.Checkpoint(model=model).restore(path).expect_partial()

## Seen in

- TF 2.11 to 2.15: "ValueError: You are trying to restore a checkpoint from a legacy Keras
  optimizer into a v2.11+ Optimizer, which can cause errors. Please update the optimizer
  referenced in your code to be an instance of `tf.keras.optimizers.legacy.Optimizer`"

## References

- https://github.com/keras-team/tf-keras/blob/v2.15.0/tf_keras/optimizers/optimizer.py
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG271", "legacy-optimizer", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"restore a checkpoint from a legacy (?:TF-)?Keras optimizer into a"
        r" (?P<kind>v2\.11\+ \w+|\w+)",
        message="the checkpoint holds the state of an optimizer of before 2.11, the model has a "
        "newer one",
        why="Keras 2.11 wrote its optimizers anew; the variables of the two kinds do not "
        "correspond.",
        fix="compile with the same optimizer of tf.keras.optimizers.legacy, or restore the "
        "model without its optimizer",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: You are trying to restore a checkpoint from a legacy Keras "
                "optimizer into a v2.11+ Optimizer, which can cause errors.",
                "resume.py:<module>:checkpoint.restore(path)",
                "keras/src/optimizers/optimizer.py:_restore_slot_variable",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: You are trying to restore a checkpoint of another day.",
                "resume.py:<module>:restore(path)",
            ),
        ),
    )
