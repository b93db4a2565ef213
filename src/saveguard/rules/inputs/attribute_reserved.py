"""A model or layer sets an attribute whose name is Keras's own.

## What happens

The assignment stops.

## Why

`layers`, `input`, `output`, `weights`, `metrics`, `losses` and the like are properties of every
layer or model, computed when they are asked for.

## Fix

Choose another name: `self.blocks = [...]` instead of `self.layers = [...]`.

## Seen in

- Keras 3, TF 2.9 to 2.15: "AttributeError: `Model.layers` attribute is reserved and should not be
  used. Please use another name."
- TF 1.15 to 2.15: "AttributeError: Can't set the attribute "weights", likely because it conflicts
  with an existing read-only @property of the object."
- Python 3.11 and later, Keras 3: "AttributeError: property 'weights' of 'Own' object has no
  setter"

## References

- https://github.com/keras-team/keras/pull/22359
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG533", "attribute-reserved", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"`(?:Model|Sequential)\.(?P<name>\w+)` attribute is reserved"
        r"|Can't set the attribute "
        r"\"(?P<name2>\w+)\", likely because it conflicts"
        r"|The `(?P<name3>shape|dtype|sparse|ragged|ragged_rank|row_splits_dtype)`"
        r" attribute of KerasTensor is immutable"
        r"|The (?P<name4>\w+) of \w+ is immutable\. One should create a new instance of"
        r" KerasTensor",
        message="the attribute `{name}{name2}{name3}{name4}` is Keras's own",
        why="It is a property that Keras computes when it is asked for, so it cannot be set.",
        fix="choose another name for it",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("AttributeError",),
        pattern=r"property '(?P<name>layers|weights|variables|trainable_variables"
        r"|non_trainable_variables|trainable_weights|non_trainable_weights|metrics"
        r"|metrics_names|losses|input|output|inputs|outputs|path|compute_dtype"
        r"|variable_dtype|input_shape|output_shape|dtype|built|updates|supports_jit)'"
        r" of '(?P<kind>\w+)' object has no setter"
        r"|^can't set attribute(?: '(?P<name2>\w+)')?$",
        message="the attribute {name}{name2} {kind} is Keras's own",
        why="It is a property that Keras computes when it is asked for, so it cannot be set.",
        fix="choose another name for it",
        alone=r"keras",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: `Model.layers` attribute is reserved and should not be used. "
                "Please use another name.",
                "model.py:__init__:self.layers = []",
                "keras/src/models/model.py:layers",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "AttributeError: seats are reserved.",
                "model.py:__init__:self.seats = []",
            ),
        ),
    )
