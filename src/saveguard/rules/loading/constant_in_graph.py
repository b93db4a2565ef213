"""A constant tensor stands among the inputs of a layer, and comes back as a list of numbers.

## What happens

The model is saved. `load_model` stops in a layer that meets a list or a number where a tensor
belongs.

## Why

In a functional model the arguments of each call are stored as JSON. A constant given to a layer,
`Add()([x, tf.ones(...)])`, is stored as nested lists, and the layer is called with those.

## Fix

Put the constant into a layer of its own, as a weight or in `call`:

    class Shift(keras.layers.Layer):
        def call(self, inputs):
            return inputs + 1.0

## Seen in

- TF 2.10 and 2.15: "TypeError: unhashable type: 'list'", raised in `base_merge.py`
- TF 2: "AttributeError: 'float' object has no attribute 'shape'", "'list' object has no attribute
  'dtype'"
- TF 1.14: "TypeError: ('Not JSON Serializable:', b'...')" at the save

## References

- https://github.com/keras-team/keras/issues/17173
- https://github.com/tensorflow/tensorflow/issues/62209
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG256", "constant-in-graph", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("TypeError", "AttributeError"),
        pattern=r"unhashable type: '(?:list|dict)'"
        r"|'(?P<kind>float|int|list)' object has no attribute '(?:shape|dtype|get_shape"
        r"|rank)'",
        stages=("load",),
        message="a layer of the file is called with a constant, which came back as a list of "
        "numbers",
        why="Arguments of calls are stored as JSON, which has no tensors.",
        fix="rebuild the model by its code with the constant inside a layer, load_weights, "
        "and save again",
        certainty="likely",
        frames=r"base_merge\.py|functional\.py:(?:process_node|reconstruct_from_config"
        r"|from_config)|tf_op_layer|network\.py:(?:process_node|from_config)"
        r"|traceback_utils\.py:error_handler",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A tensor of ones among the inputs of an Add."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: unhashable type: 'list'",
                'serve.py:<module>:keras.models.load_model("m.h5")',
                "keras/layers/merging/base_merge.py:<setcomp>",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A list as a key."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: unhashable type: 'list'",
                "serve.py:<module>:seen = {row}",
            ),
        ),
    )
