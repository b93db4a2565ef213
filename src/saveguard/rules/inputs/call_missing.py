"""A custom layer or model has no `call`, or its `call` returns no tensor.

## What happens

The first call of the layer or model stops.

## Why

Keras runs a layer by its `call`, and builds its graph from the tensors that come back. A `return`
that was forgotten gives None; `keras.Model()` without inputs and outputs has no `call` of its
own.

## Fix

Write `def call(self, inputs):` with a `return`, at the class's own indentation; or give
`keras.Model(inputs, outputs)`.

## Seen in

- Keras 3: "NotImplementedError: Model Own does not have a `call()` method implemented."
- Keras 3: "ValueError: All operation outputs must be tensors."
- TF 1.15 to 2.8: "NotImplementedError: When subclassing the `Model` class, you should implement a
  `call` method."
- TF 2.9 to 2.15: "NotImplementedError: Unimplemented `tf.keras.Model.call()`"
- TF 1.15 to 2.15: "ValueError: A layer's `call` method should return a Tensor or a list of
  Tensors, not None (layer: own)."

## References

- https://keras.io/guides/making_new_layers_and_models_via_subclassing/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG531", "call-missing", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError", "ValueError", "TypeError", "RuntimeError"),
        pattern=r"(?:Model|Layer) (?P<name>\w+) does not have a `call(?:\(\))?` method"
        r" implemented"
        r"|`call` method should return a Tensor or a list of Tensors, not None \(layer:"
        r" (?P<name2>[^)]+)\)"
        r"|All operation outputs must be tensors\. Operation (?P<name3>.{1,80}?)"
        r" returned a non-tensor",
        message="{name}{name2}{name3} has no `call`, or its `call` returns no tensor",
        why="Keras runs a layer by its `call`, and goes on with the tensors that it returns.",
        fix="write `def call(self, inputs):` with a `return` of a tensor, at the class's own "
        "indentation",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError", "ValueError", "TypeError", "RuntimeError"),
        pattern=r"should implement a `call` method"
        r"|Unimplemented `tf\.keras\.Model\.call\(\)`",
        message="a model or layer class has no `call`",
        why="Keras runs a layer by its `call`, and goes on with the tensors that it returns.",
        fix="write `def call(self, inputs):` with a `return` of a tensor, at the class's own "
        "indentation",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AttributeError", "RuntimeError"),
        pattern=r"Could not automatically infer the output shape[\s\S]{0,80}?"
        r"\(of type (?P<name>\w+)\)[\s\S]{0,400}?"
        r"'NoneType' object has no attribute '(?:shape|dtype)'",
        message="the `call` of {name} returns no tensor",
        why="Keras runs a layer by its `call`, and goes on with the tensors that it returns.",
        fix="write `def call(self, inputs):` with a `return` of a tensor, at the class's own "
        "indentation",
        certainty="likely",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: Model Own does not have a `call()` method implemented.",
                "model.py:<module>:Own()(x)",
                "keras/src/models/model.py:call",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "NotImplementedError: Phone does not have a call method.",
                "model.py:<module>:main()",
            ),
        ),
    )
