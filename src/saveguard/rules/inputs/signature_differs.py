"""A loaded SavedModel is called with another structure, shape or dtype than it was traced for.

## What happens

The SavedModel loads, and the first call stops with a list of signatures.

## Why

A SavedModel holds traced functions, each for one structure: arrays or a list of one array, a dict,
`training` given or not, float32 or int64, a fixed or a free axis. Another call finds no function
that fits.

## Fix

Call it as it was traced; the message lists how. `saveguard inspect FOLDER` prints the same from the
file. A dict that was traced wants a dict, float64 of NumPy wants `astype("float32")`.

## Seen in

- TF 2.0 to 2.15: "ValueError: Could not find matching function to call loaded from the SavedModel.
  Got: Positional arguments (1 total): ..."
- TF 2.11 to 2.15: "ValueError: Could not find matching concrete function to call loaded from the
  SavedModel."
- TF 2.14 and newer: "TypeError: Binding inputs to tf.function failed due to `Can not cast
  TensorSpec(shape=(2, 3), dtype=tf.float32) to TensorSpec(shape=(None, 64), dtype=tf.float32)`."

## References

- https://github.com/tensorflow/tensorflow/issues/37298
- https://github.com/tensorflow/tensorflow/issues/39580
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG520", "signature-differs", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Could not find matching (?:concrete )?function to call loaded from the"
        r" SavedModel",
        message="the SavedModel holds no function for a call with these arguments",
        why="It holds traced functions, each for one structure, shape and dtype; the message"
        " lists them.",
        fix="call it as it was traced: same nesting, dtype and training flag; `saveguard "
        "inspect FOLDER` prints them",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Binding inputs to tf\.function failed due to `(?P<why>.*?)`"
        r"|Python inputs incompatible with input_signature",
        message="the exported function was traced for other inputs: {why}",
        why="It holds traced functions, each for one structure, shape and dtype.",
        fix="call it as it was traced: same nesting, dtype and shape; `saveguard inspect "
        "FOLDER` prints them",
        certainty="likely",
        frames=r"saved_model|keras",
        alone=r"keras|SavedModel|serve",
    )
)


def bad(_tmp: Path) -> Call:
    """Three columns for a model of 64."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Could not find matching function to call loaded from the "
                'SavedModel. Got: Positional arguments (1 total): * Tensor("inputs:0", '
                "shape=(2, 3))",
                "serve.py:<module>:model(x)",
                "tensorflow/python/saved_model/function_deserialization.py:restored_function_body",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A function of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: Binding inputs to tf.function failed due to `too many positional"
                " arguments`. Received args: (1, 2)",
                "train.py:<module>:step(1, 2)",
                "tensorflow/python/eager/polymorphic_function/function_type_utils.py:bind_function_inputs",
            ),
        ),
    )
