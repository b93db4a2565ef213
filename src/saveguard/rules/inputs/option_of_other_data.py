"""An argument of `fit` does not go with the kind of data that it was given.

## What happens

`fit`, `evaluate` or `predict` stops before the first batch, or never ends an epoch.

## Why

A data set or a generator holds its own targets and batches: `y`, `batch_size` and
`validation_split` are for arrays. One without an end wants `steps_per_epoch`. A split of few rows
leaves one part empty.

## Fix

Leave the argument out, and let the data set say it:

    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    model.fit(data.skip(10), validation_data=data.take(10))

## Seen in

- TF 2: "ValueError: `y` argument is not supported when using dataset as input.",
  "`validation_split` is only supported for Tensors or NumPy arrays"
- TF: "ValueError: When providing an infinite dataset, you must specify the number of steps to run",
  "When passing an infinitely repeating dataset, you must specify the `steps_per_epoch` argument."
- Keras 3: "ValueError: When providing `x` as a tf.data.Dataset, `y` should not be passed.",
  "Argument `validation_split` is only supported for tensors or NumPy arrays."

## References

- https://github.com/tensorflow/tensorflow/issues/38645
- https://github.com/keras-team/keras/issues/14040
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG512", "option-of-other-data", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "AssertionError"),
        pattern=r"Could not infer the size of the data"
        r"|`(?P<option6>batch_size)` or `steps` is required for"
        r"|(?:Please specify the|your) `(?P<option7>validation_steps)` argument"
        r"|do not specify `(?P<option8>steps_per_epoch)`"
        r"|`(?P<option9>validation_steps)` should not be specified"
        r"|cannot use `(?P<option10>validation_split)`"
        r"|The dataset you passed contains \d+ batches"
        r"|is set, the `(?P<option11>batch_size)` must be None"
        r"|(?P<option12>validation_data) and validation_split cannot be used at"
        r"|not iterators that have been manually generated"
        r"|pass (?P<option13>shuffle)=\"batch\""
        r"|Do not pass inputs that mix Numpy arrays and TensorFlow tensors"
        r"|is set, batch_size must be None"
        r"|(?<!\w)`?(?P<option>y|batch_size|validation_split|sample_weight|shuffle)`? "
        r"(?:argument )?(?:is|should)(?: only| not)? (?:supported|be passed|be"
        r" specified)"
        r"|`(?P<option2>validation_split)` (?:argument )?is (?:only|not) supported"
        r"|The `(?P<option3>batch_size)` argument must not be specified"
        r"|When providing (?:an infinite dataset|`x` as)"
        r"|When passing an infinitely repeating dataset"
        r"|Please specify the number of steps via the `(?P<option4>steps\w*)`"
        r"|you should specify the `(?P<option5>steps\w*)` argument"
        r"|You passed a dataset or dataset iterator"
        r"|not sufficient to split it into a validation and training set",
        stages=("fit", "evaluate", "predict"),
        message="{option}{option2}{option3}{option4}{option5}{option6}{option7}{option8}{option9}"
        "{option10}{option11}{option12}{option13} does not go with this kind of data",
        why="A data set or generator holds its own targets and batches; y, batch_size and "
        "validation_split are for arrays, and one without an end wants steps_per_epoch.",
        fix="leave y, batch_size and validation_split out with a data set; split it with "
        "take() and skip(); give steps_per_epoch where it has no end",
    )
)


def bad(_tmp: Path) -> Call:
    """Targets beside a data set."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: `y` argument is not supported when using dataset as input.",
                "train.py:<module>:model.fit(data, y)",
                "tensorflow/python/keras/engine/data_adapter.py:__init__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """An option of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: `color` argument is not supported with this output",
                "train.py:<module>:plot(x)",
            ),
        ),
    )
