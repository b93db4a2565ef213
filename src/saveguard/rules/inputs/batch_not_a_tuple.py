"""A generator or data set yields something else than `(inputs, targets, weights)`.

## What happens

`fit` stops at the first batch.

## Why

Keras unpacks each batch by its place in a tuple. A list, a dict with other names, or four values
are not unpacked.

## Fix

Yield a tuple, with the model's inputs as its first entry:

    yield (inputs, targets)
    yield ([image, text], targets)     # two inputs

## Seen in

- Keras 3, TF 2.2 to 2.15: "ValueError: Data is expected to be in format `x`, `(x,)`, `(x, y)`, or
  `(x, y, sample_weight)`, found: ..."
- Keras 3: "ValueError: When passing a Python generator to a Keras model, the generator must
  return a tuple"
- Keras 3: "ValueError: PyDataset.__getitem__() must return a tuple or a dict."
- TF 1.15 to 2.1: "ValueError: Output of generator should be a tuple of 1 or 2 or 3 elements"

## References

- https://keras.io/api/models/model_training_apis/#fit-method
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG528", "batch-not-a-tuple", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Data is expected to be in format `x`, `\(x,\)`"
        r"|the generator must return a tuple"
        r"|PyDataset\.__getitem__\(\) must return a tuple"
        r"|Output of generator should be a tuple"
        r"|Please provide model inputs as a list or tuple of 2 or 3 elements"
        r"|passing (?:a )?`?validation_data`?(?: argument)?, it must contain"
        r"|Received namedtuple \("
        r"|Please provide data as a list or tuple of 2 or 3",
        stages=("fit", "evaluate", "predict"),
        message="a batch is not a tuple of inputs, targets and weights",
        why="Keras unpacks each batch by its place in a tuple of one to three entries.",
        fix="yield (inputs, targets), with several inputs as one list or dict in the first place",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"not all arguments converted during string formatting",
        stages=("fit", "evaluate", "predict"),
        message="a batch is no tuple of at most three parts; the message that says so fails itself",
        why="TF 1 to 2.1 stop while they write the message about a tuple of another length.",
        fix="yield (inputs, targets) or (inputs, targets, weights)",
        certainty="likely",
        frames=r"training\w*\.py|data_adapter",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Output of generator should be a tuple of 1 or 2 or 3 elements: "
                "(input,) or (input, target) or (input, target, sample_weights). Received [1, 2, "
                "3, 4]",
                "train.py:<module>:model.fit(batches())",
                "keras/engine/training_generator_v1.py:_get_next_batch",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Output should be a pair.",
                "train.py:<module>:main()",
            ),
        ),
    )
