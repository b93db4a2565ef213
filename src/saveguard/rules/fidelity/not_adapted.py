"""A preprocessing layer was never adapted to data.

## What happens

A `Normalization` that was not adapted changes nothing; a lookup knows no word. The model trains on
what comes out, and the state that should have been learnt is not in the file.

## Why

`Normalization`, `Discretization`, `StringLookup`, `IntegerLookup` and `TextVectorization` learn
their state from data by `adapt`, or are given it (`mean=`, `vocabulary=`); nothing forces either.

## Fix

    layer.adapt(training_inputs)        # before the model is built and trained

## Seen in

- Keras 3.15.1: silent for `Normalization` (it acts as the identity) when the model is called; a
  lookup without a vocabulary maps everything to out-of-vocabulary.
- TF and Keras 3, a layer called by itself: "FailedPreconditionError: Table not initialized.",
  "ValueError: You need to either pass the `bin_boundaries` argument at construction time or call
  `adapt(dataset)`"

## References

- https://keras.io/guides/preprocessing_layers/#the-adapt-method
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG409", "not-adapted", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for item in facts.objects:
        if item.adapted:
            continue
        yield rule.finding(
            where=item.holder,
            message=f"the {item.class_name} layer `{item.name}` was never adapted",
            why="It holds nothing that it learnt from data, so the file cannot either: what loads"
            " will preprocess as this model does now, that is, not at all.",
            fix=f"{item.holder}.adapt(training_inputs) before training",
            certainty="likely",
        )


rule.in_traceback(
    Signature(
        exceptions=("FailedPreconditionError", "ValueError", "RuntimeError"),
        pattern=r"Table not initialized|before you can start using the `?(?P<name>\w+)"
        r"|You must (?:set the layer's vocabulary|call `?\.?(?:adapt|build)\(?)"
        r"|(?:layer )?(?:has|must) (?:not )?(?:been |be )adapt(?:ed)?\b",
        message="a preprocessing layer {name} was never adapted",
        why="It learns its vocabulary or its bounds from data, or is given them; it has neither.",
        fix="layer.adapt(training_inputs), or vocabulary=, bin_boundaries=, mean= and variance=",
        alone=r"[Ll]ookup|adapt|vectoriz",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("RuntimeError", "FailedPreconditionError"),
        pattern=r"calling (?P<name>TextVectorization|StringLookup"
        r"|IntegerLookup)\.call\(\)\.(?:\x1b\[\d*m|\s)*"
        r"(?:Arguments received|$)",
        message="the preprocessing layer {name} was probably never adapted",
        why="Its table holds nothing yet; on JAX and torch TensorFlow's own words about that are"
        " lost.",
        fix="layer.adapt(training_inputs), or vocabulary=",
        certainty="likely",
    )
)


def bad(tmp: Path) -> Call:
    """A Normalization that was not adapted."""
    return _save(tmp, adapted=False)


def good(tmp: Path) -> Call:
    """The same, adapted."""
    return _save(tmp, adapted=True)


def _save(tmp: Path, *, adapted: bool) -> Call:
    import keras
    import numpy as np

    layer = keras.layers.Normalization(name="normalization")
    if adapted:
        layer.adapt(np.arange(12.0).reshape(4, 3))
    model = keras.Sequential([keras.Input((3,)), layer, keras.layers.Dense(1)])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
