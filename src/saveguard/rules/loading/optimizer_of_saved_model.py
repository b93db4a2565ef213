"""A model that came out of a SavedModel is saved with its optimizer.

## What happens

The save stops.

## Why

The optimizer that a SavedModel gives back is a graph without a class, so there is no
configuration of it to write.

## Fix

Compile with an optimizer of your own, or leave it out:

    model.save(path, include_optimizer=False)

## Seen in

- TF 1.15 to 2.15: "NotImplementedError: Optimizers loaded from a SavedModel cannot be saved."

## References

- https://github.com/keras-team/tf-keras/blob/v2.15.0/tf_keras/saving/legacy/saving_utils.py
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG276", "optimizer-of-saved-model", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError",),
        pattern=r"Optimizers loaded from (?:a )?SavedModel cannot be saved",
        message="the model's optimizer came out of a SavedModel, and cannot be saved again",
        why="It is a graph without a class, so there is no configuration of it to write.",
        fix="model.compile with an optimizer of your own before the save, or "
        "model.save(path, include_optimizer=False)",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: Optimizers loaded from a SavedModel cannot be saved.",
                'train.py:<module>:model.save("m.h5")',
                "keras/saving/saving_utils.py:model_metadata",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: Optimizers cannot be cleaned.",
                "train.py:<module>:main()",
            ),
        ),
    )
