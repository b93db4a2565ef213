"""Keras cannot tell the shape that a layer gives.

## What happens

The layer cannot be called on a Keras tensor, so the model cannot be built or loaded.

## Why

While a graph is built there are no values: Keras runs `call` on symbols. A function that needs
values, that is of another framework, or whose modules are not there fails on them, and the error
that it raised is often hidden behind this one.

## Fix

For a Lambda, give `output_shape`, or make it a layer class with `keras.ops`. For a layer class,
define `compute_output_shape(self, input_shape)`, which returns a tuple.

## Seen in

- Keras 3: "NotImplementedError: We could not automatically infer the shape of the Lambda's
  output. Please specify the `output_shape` argument for this Lambda layer."
- Keras 3: "NotImplementedError: Layer Own should implement `def compute_output_shape(self,
  input_shape)`."
- TF 1.15 to 2.15: "NotImplementedError: We could not automatically infer the static shape of the
  layer's output."

## References

- https://github.com/keras-team/keras/issues/19091
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG532", "output-shape-unknown", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError", "ValueError", "RuntimeError", "TypeError"),
        pattern=r"could not automatically infer the (?:static )?shape of the (?P<kind>Lambda"
        r"|layer)'s output"
        r"|(?:Layer (?P<name>\w+)|\S+) [Ss]hould implement `?(?:def"
        r" )?compute_output_shape"
        r"|implement the `compute_output_shape` method on your layer \((?P<name2>\w+)\)"
        r"|Method `compute_output_shape\(\)` of layer (?P<name4>\w+) is returning a"
        r" type that cannot",
        message="the shape that {kind}{name}{name2}{name4} gives cannot be told",
        why="Keras runs the layer on symbols, which have no values, and that failed.",
        fix="keras.layers.Lambda(function, output_shape=(...)), or a layer class with "
        "compute_output_shape(self, input_shape)",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError",),
        pattern=r"^$",
        message="the shape that a layer gives cannot be told",
        why="Keras to TF 2.3 says no word of it: the layer has no compute_output_shape, and "
        "runs eagerly only.",
        fix="define compute_output_shape(self, input_shape) in the layer class",
        certainty="likely",
        frames=r"base_layer\w*\.py:compute_output_shape",
        alone=None,
    )
)

rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"unsupported callable",
        message="the shape that a Lambda layer gives cannot be told: its function does not tell "
        "its arguments",
        why="Keras reads the arguments of the function, and those written in C do not tell them.",
        fix="wrap it: keras.layers.Lambda(lambda x: function(x), output_shape=(...)), or a "
        "layer class with keras.ops",
        frames=r"lambda_layer\.py:__init__",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: We could not automatically infer the shape of the Lambda's "
                "output. Please specify the `output_shape` argument for this Lambda layer.",
                'serve.py:<module>:keras.models.load_model("m.h5")',
                "keras/src/layers/core/lambda_layer.py:compute_output_shape",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: We could not infer the weather.",
                "serve.py:<module>:main()",
            ),
        ),
    )
