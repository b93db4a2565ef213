"""A layer leaves no room: its window is larger than its input, or its sizes do not add up.

## What happens

Building the model stops at a convolution, a pooling or a `Reshape`.

## Why

Each convolution and pooling without padding makes the image or the sequence smaller; after enough
of them nothing is left. A channel axis in the wrong place does the same. A `Reshape` keeps the
number of values.

## Fix

Use `padding="same"`, fewer poolings or a larger input, and see the sizes layer by layer:

    model.summary()

## Seen in

- TF: "ValueError: Negative dimension size caused by subtracting 5 from 2 for 'conv2d/Conv2D'"
- Keras 3: "ValueError: Computed output size would be zero or negative. Received: inputs
  shape=(None, 2, 2, 3), kernel shape=(5, 5, 3, 4)"
- TF 2.10: "ValueError: One of the dimensions in the output is <= 0 due to downsampling in conv2d."
- All: "ValueError: total size of new array must be unchanged, input_shape = [6], output_shape = [4,
  4]"

## References

- https://github.com/keras-team/keras/issues/3945
- https://github.com/tensorflow/tensorflow/issues/40580
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG514", "size-exhausted", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "InvalidArgumentError", "RuntimeError"),
        pattern=r"Negative dimension size caused by subtracting (?P<window>\d+) from"
        r" (?P<size>\d+)"
        r"|Computed output size would be (?:zero or )?negative"
        r"|Values in `cropping` argument should be|`cropping` must be greater than the input shape"
        r"|One of the dimensions in the output is <= 0 due to downsampling in"
        r" (?P<layer>\w+)"
        r"|total size of (?:new array|the tensor|the input array) must be unchanged"
        r"[\s\S]{0,20}?(?P<shapes>input_shape.*)?",
        message="the layer {layer} leaves no room: {window} {size} {shapes}",
        why="Its window is larger than what reaches it, or a Reshape changes the number of values.",
        fix='padding="same", fewer poolings or a larger input; model.summary() shows the '
        "sizes; is the channel axis where the layer expects it?",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "ValueError"),
        pattern=r"Kernel size can't be greater than actual input size|Output size is too small"
        r"|convolution operation resulted in an empty output",
        message="the layer leaves no room: its window is larger than its input",
        why="What reaches it has become smaller than the window, by strides and poolings before.",
        fix='padding="same", fewer poolings or a larger input; model.summary() shows the sizes',
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A window of five for an image of two."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Negative dimension size caused by subtracting 5 from 2 for "
                "'conv2d/Conv2D' (op: 'Conv2D')",
                "train.py:<module>:model.add(layers.Conv2D(8, 5))",
                "keras/engine/sequential.py:add",
                "keras/layers/convolutional/base_conv.py:call",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """torch, of the same mistake."""
    return Call(
        "explain",
        (
            pasted(
                "RuntimeError: Calculated padded input size per channel: (2 x 2). Kernel "
                "size: (5 x 5). Kernel size can't be greater than actual input size",
                "train.py:<module>:net(x)",
                "torch/nn/modules/conv.py:forward",
            ),
        ),
    )
