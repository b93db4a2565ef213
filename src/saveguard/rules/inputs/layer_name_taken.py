r"""Two layers of a model have the same name.

## What happens

Building the model stops.

## Why

A layer's name is its key in the model and in the file. Two models that were joined bring equal
names, or a layer is added twice.

## Fix

Give one of them another name when it is made:

    layers.Dense(2, name="head_2")

Of a loaded model, wrap it: `keras.Model(inner.inputs, inner.outputs, name="second")`. Do not assign
`layer._name`: see SG247.

## Seen in

- TF 2 and Keras 3: "ValueError: All layers added to a Sequential model should have unique names.
  Name 'a' is already the name of a layer in this model."
- TF and Keras: "ValueError: The name \"dense\" is used 2 times in the model. All layer names should
  be unique."

## References

- https://github.com/keras-team/keras/issues/3974
- https://github.com/tensorflow/tensorflow/issues/31541
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG518", "layer-name-taken", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"All layers added to a Sequential model should have unique names\. Name "
        r"""[\'"](?P<name>[^\'"]+)"""
        r'|The name "(?P<name2>[^"]+)" is used \d+ times in the model'
        r"|All (?:layer|operation) names should be unique"
        r"|names should be unique",
        message="two layers of the model are called `{name}{name2}`",
        why="A layer's name is its key in the model and in the file.",
        fix="give one of them another name= when it is made; not by layer._name, which "
        "breaks the save",
    )
)


def bad(_tmp: Path) -> Call:
    """Two layers called a."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: All layers added to a Sequential model should have unique "
                "names. Name 'a' is already the name of a layer in this model.",
                "train.py:<module>:model.add(b)",
                "keras/src/models/sequential.py:add",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Names of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Duplicate names are not allowed.",
                "train.py:<module>:pd.read_csv(p, names=n)",
                "pandas/io/parsers/readers.py:_validate_names",
            ),
        ),
    )
