"""A layer must know the size of an axis when it is built, and that axis is declared as None.

## What happens

Building the model stops at a `Dense` behind a `Flatten`, a convolution, a normalization; or `fit`
stops because a data set does not tell its shapes.

## Why

Weights are made for the size of the last axis (features, channels); `None` is for axes that may
differ from batch to batch: rows, and steps of a sequence. `Flatten` of an undefined axis is
undefined. Data sets of a generator or of `tf.py_function` know no shape unless they are told.

## Fix

Declare the size, or pool the undefined axis away:

    keras.Input((None, 8))                # the steps may differ, the 8 features not
    x = layers.GlobalAveragePooling1D()(x)
    dataset = dataset.map(lambda x: tf.ensure_shape(x, (None, 64)))

## Seen in

- TF: "ValueError: The last dimension of the inputs to a Dense layer should be defined. Found
  None.", "The channel dimension of the inputs should be defined.", "as_list() is not defined on an
  unknown TensorShape."
- Keras 3: "ValueError: Shapes used to initialize variables must be fully-defined (no `None`
  dimensions)."

## References

- https://github.com/tensorflow/tensorflow/issues/42936
- https://github.com/keras-team/keras/issues/18442
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG555", "size-undefined", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"its rank is undefined, but the layer requires a defined rank|last dimension of"
        r" the inputs to (?:a |`)?\w+`?(?: layer)? should be defined"
        r"|channel dimension of the inputs should be defined"
        r"|Shapes used to initialize variables must be fully-defined"
        r"[\s\S]*?path='(?P<name>[^']+)'"
        r"|[Ii]nput has undefined `axis` dimension|has undefined (?:rank|dimension)"
        r"|is not defined on an unknown TensorShape"
        r"|Cannot (?:take the length of|iterate over) (?:a )?[Ss]hape with unknown"
        r"|input to \"?Flatten\"? is not fully defined"
        r"|of input tensor should have a defined dimension|should have a defined (?:rank|dimension)"
        r"|(?:must|needs to) be fully[ -]defined",
        message="the size of an axis must be known when the layer is built, and is None {name}",
        why="Weights are made for the size of the last axis; None is for rows and steps alone. Data"
        " sets of a generator know no shape unless they are told.",
        fix="declare the size in keras.Input, pool the undefined axis away before Dense, or"
        " tf.ensure_shape in the data set's map",
        alone=r"Dense|inputs? |TensorShape|RNN|variables|[Ss]hape",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"unsupported operand type\(s\) for \S+: '(?:NoneType|int|tuple)' and"
        r" '(?:NoneType|int)'|'NoneType' object cannot be interpreted as an integer"
        r"|'NoneType' object cannot be interpreted|Expected int\d+, (?:but )?got None"
        r"|int\(\) argument must be a string.{0,60}not 'NoneType'",
        stages=("build", "fit", "predict", "evaluate"),
        message="the size of an axis must be known when the layer is built, and is None",
        why="Weights are made for the size of the last axis; None is for rows and steps alone.",
        fix="declare the size in keras.Input, or pool the undefined axis away before the layer",
        certainty="likely",
        frames=r"layers/[\w/]+\.py:(?:build|compute_output_\w+|__init__)|initializers|normalization"
        r"|convolutional\w*\.py:build",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A Dense layer of an undefined number of features."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: The last dimension of the inputs to a Dense layer "
                "should be defined. Found None. Full input shape received: (None, "
                "None)",
                "train.py:<module>:layers.Dense(2)(x)",
                "keras/layers/core/dense.py:build",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A shape of Arrow."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: last dimension should be defined by the schema",
                "train.py:<module>:read()",
                "pyarrow/lib.py:read",
            ),
        ),
    )
