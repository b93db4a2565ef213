"""The class weights do not go with the targets, or with the other arguments.

## What happens

`fit` stops before the first batch, or in it.

## Why

`class_weight` maps each class number, from 0 to one less than the number of classes, to a weight.
Keras turns it into sample weights by the targets, which it can only for one output, class numbers
or one-hot rows, and where no sample weights are given as well.

## Fix

Give a weight for every class that occurs; or compute `sample_weight` yourself, one number a row:

    sample_weight = np.array([weights[label] for label in y])

## Seen in

- TF 2.2 to 2.15: "ValueError: Expected `class_weight` to be a dict with keys from 0 to one less
  than the number of classes"
- TF 1.15 to 2.1: "ValueError: `class_weight` must contain all classes in the data."
- Keras 3, TF 2.2 to 2.15: "ValueError: `class_weight` is only supported for Models with a single
  output."
- Keras 3: "ValueError: You cannot `class_weight` and `sample_weight` at the same time."

## References

- https://keras.io/api/models/model_training_apis/#fit-method
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG527", "class-weight-refused", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError"),
        pattern=r"Expected `class_weight` to be a dict with keys from 0"
        r"|Unknown entries in class_weight dictionary"
        r"|`class_weight` (?:must contain all classes|is only supported for Models with"
        r" a single output|not supported for 3\+)"
        r"|`class_weight` and `sample_weight` (?:cannot be specified )?at the same time"
        r"|`sample_weight` and `class_weight` cannot be specified"
        r"|Arguments? `class_weight` is not supported for"
        r"|`class_weight` is currently not supported when",
        stages=("fit",),
        message="`class_weight` does not go with the targets, or with the other arguments",
        why="It needs a weight for every class from 0 on, one output, and no `sample_weight` "
        "beside it.",
        fix="give a weight for every class that occurs, or "
        "sample_weight=np.array([weights[label] for label in y])",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: `class_weight` is only supported for Models with a single output.",
                "train.py:<module>:model.fit(x, y, class_weight={0: 1, 1: 2})",
                "keras/src/trainers/data_adapters/tf_dataset_adapter.py:class_weights_map_fn",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: classes have weights.",
                "train.py:<module>:main()",
            ),
        ),
    )
