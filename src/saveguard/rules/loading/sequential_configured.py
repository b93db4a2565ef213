"""A Sequential model gets a second input shape.

## What happens

Adding an Input, building, or loading the model stops.

## Why

A Sequential model is configured by its first Input, or by the first build. Keras 3.0 to 3.4 read
the stored shape back as a list, took it for another shape than the tuple, and refused to load.

## Fix

Give the input shape once. Where a file that loads elsewhere stops like this, load it with Keras
3.5 or newer.

## Seen in

- Keras 3: "ValueError: Sequential model 'sequential' has already been configured to use input
  shape (None, 4). You cannot build it with input_shape [None, 4]"
- Keras 3: "... You cannot add a different Input layer to it."

## References

- https://github.com/keras-team/keras/pull/20076
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG278", "sequential-configured", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Sequential model '?(?P<name>[^' ]+)'? has already been configured to use"
        r" input shape (?P<has>[(\[].*?[)\]])\.? You cannot (?:build it with"
        r" input_shape (?P<got>.{1,60})|add a different Input)",
        message="Sequential model '{name}' has the input shape {has} already; it gets another "
        "one: {got}",
        why="It is configured by its first Input or build; Keras 3.0 to 3.4 also take a "
        "stored list for another shape.",
        fix="give the input shape once; a file that stops like this loads with Keras 3.5 or newer",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Sequential model 'sequential' has already been configured to use "
                "input shape (None, 4). You cannot build it with input_shape [None, 4]",
                'serve.py:<module>:keras.models.load_model("m.keras")',
                "keras/src/models/sequential.py:build",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Sequential model 'sequential' has already been seen.",
                "serve.py:<module>:main()",
            ),
        ),
    )
