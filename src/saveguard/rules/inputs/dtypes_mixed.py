"""Tensors of two dtypes meet in one operation.

## What happens

A layer, a loss or a metric stops: TensorFlow does not convert one dtype into another by itself.

## Why

Under a mixed precision policy a layer's inputs are float16 or bfloat16, while a constant or a
variable of one's own is float32. Integers from NumPy meet float weights; float64 data meet float32.

## Fix

Convert to the dtype of the other, or of the layer:

    scale = tf.cast(scale, inputs.dtype)
    x = x.astype("float32")

## Seen in

- TF 2 and Keras 3, eager: "InvalidArgumentError: cannot compute Mul as input #1(zero-based) was
  expected to be a half tensor but is a float tensor"
- TF, while a graph is built: "TypeError: Input 'y' of 'Mul' Op has type float32 that does not match
  type float16 of argument 'x'."
- TF: "ValueError: Tensor conversion requested dtype float32 for Tensor with dtype float64"

## References

- https://keras.io/api/mixed_precision/
- https://github.com/tensorflow/tensorflow/issues/41532
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG557", "dtypes-mixed", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("InvalidArgumentError", "TypeError", "ValueError"),
        pattern=r"was expected to be an? (?P<wanted>\w+) tensor but is an? (?P<got>\w+) tensor"
        r"|Input '\w+' of '\w+' Op has type (?P<got2>\w+) that does not match"
        r" (?:expected )?type (?:of )?(?P<wanted2>\w+)"
        r"|Tensor conversion requested dtype (?P<wanted3>\w+) for Tensor with dtype (?P<got3>\w+)"
        r"|Unable to build `\w+` layer with non-floating point dtype"
        r"|A `\w+` layer can only be built with a floating-point dtype",
        message="{got}{got2}{got3} meets {wanted}{wanted2}{wanted3} in one operation",
        why="TensorFlow converts no dtype by itself; under mixed precision a layer's inputs are of"
        " half precision, constants and variables of one's own are not.",
        fix="tf.cast(value, inputs.dtype) in the layer or loss; .astype('float32') for the data",
        alone=r"keras|calling layer|[Ll]ayer|dense|conv|loss",
    )
)


def bad(_tmp: Path) -> Call:
    """A constant of float32 under mixed precision."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: Input 'y' of 'Mul' Op has type float32 that does not "
                "match type float16 of argument 'x'.",
                "train.py:<module>:Scale()(x)",
                "keras/engine/base_layer.py:__call__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Types of a database."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: Input 'y' has type text that does not match column type integer",
                "load.py:<module>:insert(rows)",
                "psycopg2/extras.py:execute_values",
            ),
        ),
    )
