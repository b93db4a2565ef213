"""There is nothing to learn from: no loss, no targets, or no variable that the loss depends on.

## What happens

`fit` stops at the first batch, or when the model is compiled.

## Why

The model was compiled without a loss, `fit` was given no targets, every layer is frozen, or the
output does not depend on the weights: a `stop_gradient`, a conversion to NumPy, an `argmax` in
between.

## Fix

Give a loss and targets, and see that there is something to train:

    print(len(model.trainable_variables), model.loss)

## Seen in

- TF 2: "ValueError: No gradients provided for any variable: ['dense/kernel:0', 'dense/bias:0']."
- Keras 3: "ValueError: No loss to compute. Provide a `loss` argument in `compile()`.", "None values
  not supported."
- TF 1: "ValueError: The model cannot be compiled because it has no loss to optimize."
- TF 2.10 and newer: "ValueError: Target data is missing. Your model was compiled with loss=mse, and
  therefore expects target data to be provided in `fit()`."

## References

- https://github.com/tensorflow/tensorflow/issues/43652
- https://github.com/keras-team/keras/issues/12671
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG513", "no-loss", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError"),
        pattern=r"The model cannot be evaluated because it has no loss"
        r"|No gradients provided for any variable"
        r"|No loss to compute"
        r"|no loss to optimize"
        r"|Target data is missing"
        r"|No loss found\. You may have forgotten"
        r"|expects? (?:a )?target data to be provided",
        stages=("fit", "compile", "evaluate"),
        message="there is nothing to learn from",
        why="There is no loss, there are no targets, or no trainable variable that the loss "
        "depends on.",
        fix="compile with a loss, give fit() targets, and look at len(model.trainable_variables)",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "AttributeError"),
        pattern=r"None values not supported"
        r"|None is not a valid value for jnp\.array"
        r"|'?NoneType'? object has no attribute 'dtype'",
        stages=("fit", "evaluate"),
        message="there are no targets",
        why="The model was compiled with a loss, which compares its output with y, and y is None.",
        fix="model.fit(x, y); a data set must yield pairs (x, y)",
        certainty="likely",
        frames=r"loss|compile_utils|trainer|training|\.fit\(",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("RuntimeError",),
        pattern=r"element 0 of tensors does not require grad",
        stages=("fit",),
        message="there is nothing to learn from: no trainable variable is behind the loss",
        why="On torch a loss that was made of plain numbers, or of frozen layers alone, has no"
        " gradient.",
        fix="keep float(), .item() and NumPy out of the loss; look at"
        " len(model.trainable_variables)",
        certainty="likely",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """No targets."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No gradients provided for any variable: ['dense/kernel:0', "
                "'dense/bias:0'].",
                "train.py:<module>:model.fit(x)",
                "keras/optimizers/optimizer_v2/utils.py:filter_empty_gradients",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """torch, of something alike."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: element 0 of tensors does not require grad and does not have "
                "a grad_fn",
                "train.py:<module>:loss.backward()",
                "torch/autograd/__init__.py:backward",
            ),
        ),
    )
