"""The tensors that are to be merged do not fit each other.

## What happens

Building the model stops at an `Add`, a `Concatenate` or another layer of several inputs.

## Why

`Add` and its kind want equal shapes, `Concatenate` shapes that differ along one axis only, and all
want a list. Branches with other strides or paddings do not end at the same size.

## Fix

Look at both shapes, and give the branches the same padding, strides and units:

    print(a.shape, b.shape)
    x = layers.Add()([a, b])

## Seen in

- All: "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the
  concatenation axis."
- TF: "ValueError: Operands could not be broadcast together with shapes (3,) (4,)"
- Keras 3: "ValueError: Inputs have incompatible shapes. Received shapes (3,) and (4,)"
- All: "ValueError: A merge layer should be called on a list of inputs."

## References

- https://github.com/keras-team/keras/issues/12675
- https://github.com/tensorflow/tensorflow/issues/35100
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG516", "branches-differ", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Dimension incompatibility [^\n]{0,40}Layer shapes: (?P<shapes5>[^\n]{0,60})"
        r"|`Concatenate` layer requires inputs with matching shapes[\s\S]*?(?P<shapes>"
        r"\[.*\])"
        r"|Operands could not be broadcast together with shapes (?P<shapes2>\([^)]*\)"
        r" \([^)]*\))"
        r"|Inputs have incompatible shapes\. Received shapes (?P<shapes3>.*)"
        r"|Incompatible input shapes: axis values (?P<shapes4>[^\n]{0,80})"
        r"|A `\w+` layer should be called on (?:exactly|a list of) \d+ inputs"
        r"|merge layer should be called on a list of"
        r"|`Concatenate` layer (?:should|must) be called on a list",
        message="the inputs of a merging layer do not fit each other:"
        " {shapes}{shapes2}{shapes3}{shapes4}{shapes5}",
        why="Add and its kind want a list of equal shapes, Concatenate shapes that differ "
        "along one axis only.",
        fix="print the shapes of the branches; same padding, strides and units make them "
        "equal; give the layer a list",
        alone=r"Layer shapes|`\w+` layer should|input shapes: axis|Concatenate|merge layer"
        r"|Inputs have"
        r" incompatible shapes|Operands could",
    )
)


def bad(_tmp: Path) -> Call:
    """Three columns and four."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Operands could not be broadcast together with shapes (3,) (4,)",
                "train.py:<module>:x = layers.Add()([a, b])",
                "keras/layers/merging/base_merge.py:_compute_elemwise_op_output_shape",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """NumPy, of shapes that do not fit."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: operands could not be broadcast together with shapes (3,) (4,)",
                "train.py:<module>:a + b",
            ),
        ),
    )
