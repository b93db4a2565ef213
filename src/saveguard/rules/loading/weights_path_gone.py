"""A layer finds no arrays in the file: it was not built, or its place has another name.

## What happens

`load_model` of a `.keras` file rebuilds the layers and stops when it hands out the arrays: a layer
expects some and receives none, or has none and receives some.

## Why

Keras 3 finds arrays by the path of attributes that leads to a layer. A layer that is made or built
only in `call` does not exist yet when the file is read; a layer that is shared between a model and
a model inside it is written under one path and sought under another; attributes that were renamed
since are other paths.

## Fix

Make layers in `__init__` and build them in `build`, so that they exist before the first call:

    def build(self, input_shape):
        self.inner.build(input_shape)
        super().build(input_shape)

A shared layer belongs into one model only. For a file that cannot be written again, rebuild the
model by its code, call it once on a batch, and use `load_weights`.

## Seen in

- Keras 3: "ValueError: A total of 1 objects could not be loaded. Example error message for object
  <Dense name=dense, built=True>: Layer 'dense' expected 2 variables, but received 0 variables
  during loading."
- Keras 3: "Layer 'dense' was never built and thus it doesn't have any variables. However the
  weights file lists 2 variables for this layer."
- TF 2.13 to 2.15, `.keras`: "ValueError: Layer 'dense_1' expected 0 variables, but received 2
  variables during loading. Expected: []"

## References

- https://github.com/keras-team/keras/issues/19615
- https://github.com/keras-team/keras/issues/20128
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG242", "weights-path-gone", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Layer '(?P<name>[^']+)' was never built"
        r"|Layer '(?P<name2>[^']+)' expected 0 variables, but received",
        stages=("load",),
        message="layer `{name}{name2}` has no variables yet when the file is read",
        why="It is made or built only when the model is called, and loading does not call it.",
        fix="make the layer in __init__() and build it in build() of the class that holds "
        "it, then save again",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"A total of (?P<count>\d+) objects could not be loaded[\s\S]*?Layer '(?P<name>"
        r"[^']+)' expected \d+ variables, but received 0"
        r"|A total of \d+ objects could not be loaded"
        r"|Layer '(?P<name2>[^']+)' expected \d+ variables, but received",
        stages=("load",),
        message="layer `{name}{name2}` finds no arrays of its own in {where}",
        why="Arrays are found by the path of attributes that leads to a layer; this one was "
        "written under another path, or not at all.",
        fix="rebuild the model by its code, call it once on a batch, and load_weights; then "
        "hold the layer in one place only and save again",
        frames=r"load_model|load_model_from_\w+",
    )
)


def bad(_tmp: Path) -> Call:
    """A layer that is built only when it is called."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Layer 'inner' was never built and thus it doesn't have any "
                "variables. However the weights file lists 2 variables for this layer.",
                'serve.py:<module>:model = keras.models.load_model("m.keras")',
                "keras/src/saving/saving_lib.py:_load_state",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Another word for a layer that is not there."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: 'Encoder' object has no attribute 'inner'",
                "serve.py:<module>:model.encode(x)",
                "serve.py:encode:return self.inner(x)",
            ),
        ),
    )
