"""The preprocessing gives another model input each time it is called.

## What happens

Two calls with the same raw example give two model inputs. Predictions change from call to call,
and no drift can be told from chance.

## Why

It holds an augmentation (`RandomFlip`, a random crop), a dropout of words, or noise. In training
that is wanted; what prepares a request for prediction should give one answer.

## Fix

Hand over the part that prediction uses, without the augmentation. A function can take the choice
as an argument: `def prepare(image, augment=False)`.

## Seen in

- Every version of Keras: Keras's own random layers do so only while `training=True`.

## References

- https://keras.io/api/layers/preprocessing_layers/image_augmentation/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.contract import Preprocessing
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG437", "preprocessing-random", since="0.1")


def found(recorded: Preprocessing) -> Finding:
    """The finding for a preprocessing whose two calls do not agree."""
    return rule.finding(
        where=recorded.path or "preprocessing",
        message=f"two calls of `{recorded.name}` with the same raw example give two model inputs",
        why="Its golden pairs cannot be compared: a drift looks like chance. Predictions will"
        " change from call to call.",
        fix="hand over what prediction uses, without augmentation and noise",
        certainty="likely",
    )


_SOURCE = """
import random

def prepare(value, noise=1.0):
    return [value + noise * random.random()]

def exact(value):
    return prepare(value, noise=0.0)
"""


def bad(tmp: Path) -> Call:
    """A function that adds noise."""
    return _save(tmp, "prepare")


def good(tmp: Path) -> Call:
    """The same with the noise turned off."""
    return _save(tmp, "exact")


def _save(tmp: Path, name: str) -> Call:
    function = getattr(drifts.module(tmp, _SOURCE), name)
    options = {"preprocessing": function, "raw": [1.0], "prove": False}
    return Call("save", (drifts.model_of((1,)), tmp / "m.keras"), options)
