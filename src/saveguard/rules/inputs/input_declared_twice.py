"""An `Input` is declared with arguments that exclude each other, or with none.

## What happens

The input layer cannot be made.

## Why

`shape` leaves the batch out, `batch_shape` names it, and `tensor` or `type_spec` have a shape of
their own: one of them, and no other, tells the input's shape. A tensor is dense, sparse or
ragged.

## Fix

`keras.Input(shape=(28, 28))` for any batch, `keras.Input(batch_shape=(4, 28, 28))` for a fixed
one.

## Seen in

- Keras 3: "ValueError: You cannot pass both `shape` and `batch_shape` at the same time.",
  "ValueError: You must pass a `shape` argument."
- TF 1.15 to 2.15: "ValueError: Only provide the `shape` OR `batch_input_shape` argument to Input,
  not both at the same time."
- TF 2.6 to 2.15: "ValueError: Please provide to Input a `shape` or a `tensor` or a `type_spec`
  argument."
- TF 1.15 to 2.15: "ValueError: Cannot set both sparse and ragged to True in a Keras input."

## References

- https://keras.io/api/layers/core_layers/input/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG529", "input-declared-twice", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "AssertionError"),
        pattern=r"cannot pass both `(?P<one>\w+)` and `(?P<two>\w+)` at the same time"
        r"|Only provide the `?(?P<one2>\w+)`? OR `?(?P<two2>\w+)`? argument to"
        r"|Cannot set both `?(?P<one3>sparse)`? and `?(?P<two3>ragged)`? to `?True"
        r"|cannot have `(?P<one4>sparse)=True` and `(?P<two4>ragged)=True`",
        message="the Input is declared with `{one}{one2}{one3}{one4}` and "
        "`{two}{two2}{two3}{two4}`, which exclude each other",
        why="One of shape, batch_shape, tensor and type_spec tells an input's shape, and no "
        "other beside it.",
        fix="keras.Input(shape=(28, 28)) for any batch, keras.Input(batch_shape=(4, 28, 28)) "
        "for a fixed one",
        alone=r"(?i)keras|Input",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "AssertionError"),
        pattern=r"You must pass a `shape` argument"
        r"|Please provide to Input (?:either )?a `shape`"
        r"|`type_spec` is not None, all other args except `name` must be None"
        r"|providing the `input_tensor` argument, you cannot provide an incompatible"
        r"|`input_tensor\.dtype` differs from `dtype`"
        r"|Argument `input_tensor` must be a KerasTensor"
        r"|should not pass an EagerTensor to `Input`",
        message="the Input is declared with arguments that exclude each other, or with too few",
        why="One of shape, batch_shape, tensor and type_spec tells an input's shape, and no "
        "other beside it.",
        fix="keras.Input(shape=(28, 28)) for any batch, keras.Input(batch_shape=(4, 28, 28)) "
        "for a fixed one",
        alone=r"(?i)keras|Input",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: You cannot pass both `shape` and `batch_shape` at the same time.",
                "model.py:<module>:keras.Input(shape=(2,), batch_shape=(4, 2))",
                "keras/src/layers/core/input_layer.py:__init__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: You cannot pass both `red` and `blue` at the same time.",
                "paint.py:<module>:main()",
            ),
        ),
    )
