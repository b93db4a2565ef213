"""A layer or step makes variables each time it is called.

## What happens

The first call works, or seems to; `fit` stops when the function is traced a second time.

## Why

`call`, `train_step` and losses run many times, and are traced into a graph. A variable, a layer or
a metric that is made in them would be new each time, untrained and unsaved. Frameworks refuse it.

## Fix

Make it once, in `__init__` or `build`:

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), name="scale")

## Seen in

- TF 2: "ValueError: tf.function-decorated function tried to create variables on non-first call."
- TF 2.6 and newer: "ValueError: tf.function only supports singleton tf.Variables created on the
  first call."
- Keras 3: "ValueError: You cannot add new elements of state (variables or sub-layers) to a layer
  that is already built."

## References

- https://www.tensorflow.org/guide/function#creating_tfvariables
- https://keras.io/guides/making_new_layers_and_models_via_subclassing/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG558", "variables-made-in-call", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError", "TypeError"),
        pattern=r"only supports singleton tf\.Variables created on the first call"
        r"|tried to create variables on (?:non-first|a non-first) call"
        r"|cannot add new elements of state \(variables or sub-layers\)",
        message="variables or layers are made in a call, and not once before",
        why="A call runs many times and is traced into a graph; what it makes would be new each"
        " time.",
        fix="make it in __init__ or build(), and only use it in call()",
    )
)


def bad(_tmp: Path) -> Call:
    """A variable in `call`."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: tf.function-decorated function tried to create "
                "variables on non-first call.",
                "train.py:<module>:model.fit(x, y)",
                "tensorflow/python/eager/def_function.py:_call",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """A variable of a template."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: tried to create variables twice",
                "site.py:<module>:render()",
                "jinja2/environment.py:render",
            ),
        ),
    )
