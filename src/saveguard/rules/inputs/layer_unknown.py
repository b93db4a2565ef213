"""The model has no layer of the name or number that is asked for.

## What happens

`get_layer` stops.

## Why

Keras numbers the names of layers over the whole process (`dense`, `dense_1`, ...), so that a
second model in the same process has other names; and a layer inside a nested model belongs to
that one.

## Fix

Name the layer when it is made, or ask the nested model:

    keras.layers.Dense(4, name="head")
    model.get_layer("encoder").get_layer("head")

## Seen in

- Keras 3, TF 2.9 to 2.15: "ValueError: No such layer: dense_7. Existing layers are: ['dense']."
- Keras 3, TF 1.15 to 2.15: "ValueError: Was asked to retrieve layer at index 9 but model only has
  2 layers."

## References

- https://keras.io/api/models/model/#get_layer-method
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG534", "layer-unknown", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"No such layer: (?P<name>[\w/-]+)\.?(?: Existing layers are:?"
        r" (?P<names>[^\n]{0,100}))?"
        r"|retrieve layer at index (?P<number>-?\d+) but model only has (?P<count>\d+)"
        r" layers"
        r"|Unknown layer name: (?P<name2>\w+)",
        message="the model has no layer {name}{name2}{number}; it has {names}{count}",
        why="Names are numbered over the whole process, and a nested model keeps its layers "
        "to itself.",
        fix="name the layer when it is made, or ask the nested model: "
        'model.get_layer("inner").get_layer("{name}")',
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Provide (?:either|only) a layer name or (?:a )?layer index",
        message="get_layer is given both a name and a number, or neither",
        why="Names are numbered over the whole process, and a nested model keeps its layers "
        "to itself.",
        fix="give model.get_layer either a name or index=...",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No such layer: dense_7. Existing layers are: ['dense', 'dense_1'].",
                'model.py:<module>:model.get_layer("dense_7")',
                "keras/src/models/model.py:get_layer",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No such table: dense_7.",
                'model.py:<module>:table("dense_7")',
            ),
        ),
    )
