"""The reloaded model gives another loss or metric for the same data.

## What happens

Predictions agree; `evaluate` does not. Training that is resumed from the file minimises something
else.

## Why

The loss or metric came back with other settings, or with other weights among several losses; or
`"accuracy"` was resolved anew to another metric.

## Fix

Compile again after loading, with the same objects. Give metrics as objects instead of names:
`keras.metrics.SparseCategoricalAccuracy()`.

## Seen in

- Keras 3.15.1: `Huber(delta=0.5)` comes back with `delta=1.0`, silently (see SG406).

## References

- https://github.com/keras-team/keras/issues/14231
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG411", "scores-differ", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    for score in facts.scalars:
        what = "the loss" if score.name == "loss" else f"the metric `{score.name}`"
        yield rule.finding(
            where=f"model.{'loss' if score.name == 'loss' else 'metrics'}",
            message=f"{what} is {score.after:.7g} after the reload, and was {score.before:.7g}",
            why="A fresh process evaluated the reloaded model on the recorded example and targets:"
            " it would be trained and judged by another measure.",
            fix="compile the model again after loading, with the same objects; or mend what the"
            " other findings name",
        )


def bad(tmp: Path) -> Call:
    """A custom loss that computes with a global variable of its module."""
    return _save(tmp, 3.0)


def good(tmp: Path) -> Call:
    """The same loss, with the global variable left alone."""
    return _save(tmp, 1.0)


def _save(tmp: Path, factor: float) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    losses = user_module(
        tmp,
        "FACTOR = [1.0]\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "def scaled_error(targets, outputs):\n"
        "    return keras.ops.mean(keras.ops.square(targets - outputs)) * FACTOR[0]\n",
    )
    losses.FACTOR[0] = factor
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", losses.scaled_error)
    example = np.ones((2, 3), "float32"), np.zeros((2, 1), "float32")
    return Call("save", (model, tmp / "m.keras"), {"example": example})
