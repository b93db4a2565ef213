"""A layer with several inputs or outputs, or none, stands in a Sequential model.

## What happens

`add`, or the first build, stops.

## Why

A Sequential model hands one tensor from each layer to the next.

## Fix

Use the functional API: `keras.Model(inputs, outputs)`.

## Seen in

- Keras 3: "ValueError: Layers added to a Sequential model can only have a single positional
  argument, the input tensor. Layer Own has multiple positional arguments: ['a', 'b']"
- TF 1.15 to 2.15: "ValueError: All layers in a Sequential model should have a single output
  tensor. For multi-output layers, use the functional API."
- Keras 3: "ValueError: Sequential model sequential cannot be built because it has no layers. Call
  `model.add(layer)`."

## References

- https://keras.io/guides/sequential_model/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG539", "layer-in-sequential", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Layers added to a Sequential model (?:can only|should) have a single"
        r" (?:required )?positional argument(?:, the input tensor\. Layer"
        r" (?P<name>\w+))?"
        r"|Sequential model (?P<name2>\S+) cannot be built because it has no layers",
        message="{name}{name2} does not do as a Sequential model, or in one",
        why="It hands one tensor from each layer to the next.",
        fix="use the functional API: keras.Model(inputs, outputs)",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"All layers in a Sequential model should have a single output tensor"
        r"|An empty Model cannot be used as a Layer"
        r"|There are no layers in the model"
        r"|Sequential Model which doesn't have FeatureLayer",
        message="a layer in a Sequential model has not one input and one output",
        why="It hands one tensor from each layer to the next.",
        fix="use the functional API: keras.Model(inputs, outputs)",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: All layers in a Sequential model should have a single output "
                "tensor. For multi-output layers, use the functional API.",
                "model.py:<module>:model.add(keras.layers.LSTM(4, return_state=True))",
                "keras/engine/sequential.py:add",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: All layers of the cake have a single flavour.",
                "model.py:<module>:main()",
            ),
        ),
    )
