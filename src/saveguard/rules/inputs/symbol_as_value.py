r"""A symbolic tensor is used where only a value can be.

## What happens

Building the model stops: a TensorFlow or NumPy function, an `if` or a `float()` meets a tensor that
has a shape and no values.

## Why

While a functional model is built, its tensors stand for data that will come. Only layers and
`keras.ops` take them; NumPy wants values, Python's `if` wants one truth. Keras 3 also refuses
TensorFlow's own functions.

## Fix

Put the computation into a layer, with `keras.ops`:

    class Mean(keras.layers.Layer):
        def call(self, inputs):
            return keras.ops.mean(inputs, axis=1)

## Seen in

- Keras 3: "ValueError: A KerasTensor cannot be used as input to a TensorFlow function.", "A
  KerasTensor is symbolic: it's a placeholder for a shape an a dtype.", "TypeError: A symbolic
  KerasTensor cannot be used as a boolean."
- TF 2: "TypeError: Cannot convert a symbolic Keras input/output to a numpy array.",
  "NotImplementedError: Cannot convert a symbolic Tensor (input_1:0) to a numpy array."
- TF: "OperatorNotAllowedInGraphError: using a `tf.Tensor` as a Python `bool` is not allowed"
        r"|iterating over `tf\.Tensor` is not allowed"

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://github.com/tensorflow/tensorflow/issues/44961
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG515", "symbol-as-value", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError", "NotImplementedError", "RuntimeError"),
        pattern=r"Can't call numpy\(\) on Tensor that requires grad"
        r"|KerasTensor cannot be used as input to a JAX function"
        r"|Iterating over a symbolic KerasTensor"
        r"|Cannot iterate over a (?:Keras)?Tensor with unknown (?:shape|first dimension)"
        r"|an intermediate (?:TF-)?Keras symbolic input/output"
        r"|Tensors are unhashable"
        r"|KerasTensor cannot be used as input to a TensorFlow function"
        r"|KerasTensor is symbolic"
        r"|symbolic KerasTensor cannot be"
        r"|Cannot convert a symbolic (?:Keras input/output|(?:tf\.)?Tensor \((?P<name>"
        r"[^)]*)\)) to a numpy array"
        r"|argument must be a string or a (?:real )?number, not '(?:KerasTensor|Tensor"
        r"|SymbolicTensor)'"
        r"|Iterating over a symbolic KerasTensor"
        r"|[Cc]annot iterate over a (?:Tensor|tensor with unknown first dimension)"
        r"|(?P<kind>KerasTensor|SymbolicTensor|EagerTensor)' object (?:is not|cannot be|has no len)"
        r"|Keras symbolic input"
        r"|Keras symbolic inputs/outputs do not implement",
        message="a symbolic tensor {name} is used where only a value can be",
        why="While a model is built its tensors have a shape and no values; only layers and "
        "keras.ops take them.",
        fix="put the computation into the call() of a layer, with keras.ops",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("OperatorNotAllowedInGraphError", "TypeError"),
        pattern=r"(?:u|U)sing a (?:symbolic )?`tf\.Tensor` as a Python `bool` is not allowed",
        message="a symbolic tensor decides an `if`",
        why="While a model is built its tensors have a shape and no values.",
        fix="keras.ops.where, or the `if` in the call() of a layer over something that is known",
        certainty="likely",
        frames=r"keras",
        alone=r"keras|Input\(",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AttributeError", "RuntimeError"),
        pattern=r"(?P<kind2>\w*Tracer) has no attribute (?P<name2>\w+)"
        r"|'(?P<kind>KerasTensor|SymbolicTensor|Tensor|DeferredTensor)' object has no"
        r" attribute"
        r" '(?P<name>\w+)'",
        message="a symbolic tensor has no `{name}{name2}`: it stands for a value that will come",
        why="In call(), in losses, metrics and train_step, and while a model is built, tensors have"
        " a shape and no values.",
        fix="keras.ops in place of NumPy and .numpy(); run_eagerly=True in compile() to look at"
        " values",
        certainty="likely",
        alone=r"KerasTensor|SymbolicTensor|'numpy'",
    )
)


def bad(_tmp: Path) -> Call:
    """A TensorFlow function among layers."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: A KerasTensor cannot be used as input to a TensorFlow function."
                " A KerasTensor is a symbolic placeholder for a shape and dtype",
                "train.py:<module>:x = tf.reduce_mean(x, 1)",
                "keras/src/backend/common/keras_tensor.py:__tf_tensor__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """jax, of the same mistake."""
    return Call(
        "explain",
        (
            pasted(
                "jax.errors.TracerBoolConversionError: Attempted boolean conversion of "
                "traced array with shape float32[].",
                "train.py:f:if x > 0:",
                "jax/_src/core.py:error",
            ),
        ),
    )
