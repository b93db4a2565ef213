"""A layer's input, output or shape is asked for, and it has none, or several.

## What happens

Reading the attribute stops.

## Why

A layer has an input and an output once it has been called on Keras tensors; a Sequential model
has them once it knows its input shape; a subclassed model never has. A layer that was called
twice has two of each.

## Fix

Begin a Sequential model with `keras.Input(shape)`, or call the layer before asking. For a layer
that was called more than once, ask for one call: `layer.get_output_at(0)`.

## Seen in

- Keras 3: "AttributeError: The layer sequential has never been called and thus has no defined
  output."
- Keras 3.6 and later: "AttributeError: Sequential model 'sequential' has no defined outputs yet."
- TF 1.15 to 2.15: "AttributeError: Layer dense is not connected, no input to return."
- TF 1.15 to 2.15: "AttributeError: The layer has multiple inbound nodes, with different input
  shapes."

## References

- https://github.com/keras-team/keras/issues/19745
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG535", "shape-not-defined-yet", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("AttributeError", "ValueError", "RuntimeError"),
        pattern=r"[Tt]he layer (?:\"?(?P<name>[\w/.-]+)\"? )?has never been called and thus has"
        r" no defined (?P<what>[\w ]+)"
        r"|Sequential model '(?P<name2>[^']+)' has no defined (?P<what2>[\w ]+) yet"
        r"|Layer (?P<name3>\S+) (?:is not connected, no input to return|has no inbound"
        r" nodes)"
        r"|Asked to get (?P<what3>\w+) at node (?P<node>\d+)"
        r"|'(?P<name4>Sequential)' object has no attribute '_nested_(?:out|in)puts'",
        message="{name}{name2}{name3}{name4} has no {what}{what2}{what3} yet",
        why="A layer has them once it was called on Keras tensors, a Sequential model once "
        "it knows its input shape.",
        fix="begin a Sequential model with keras.Input(shape), or call the layer before asking",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("AttributeError", "ValueError", "RuntimeError"),
        pattern=r"has multiple inbound nodes",
        message="a layer has several inputs or outputs, and one is asked for",
        why="A layer has them once it was called on Keras tensors, a Sequential model once "
        "it knows its input shape.",
        fix="begin a Sequential model with keras.Input(shape), or call the layer before asking",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"'(?P<name>\w+)' object has no attribute '(?P<what>(?:in|out)put(?:_shape)?s?)'",
        message="{name} has no defined {what} yet: it was never called",
        why="A layer has an input and an output once it was called on one.",
        fix="call it first, or ask the model that holds it",
        certainty="likely",
        frames=r"backend/torch|torch/nn|keras",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: The layer sequential has never been called and thus has no "
                "defined output.",
                "model.py:<module>:keras.Model(model.inputs, model.output)",
                "keras/src/ops/operation.py:_get_node_attribute_at_index",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: The player has never been called.",
                "model.py:<module>:main()",
            ),
        ),
    )
