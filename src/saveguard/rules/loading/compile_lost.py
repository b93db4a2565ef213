"""The model comes back uncompiled, or can only be loaded with `compile=False`.

## What happens

`load_model` stops at the loss, a metric or the optimizer; or it succeeds, and `fit` or `evaluate`
then says that the model must be compiled. Training cannot be resumed from the file.

## Why

The file holds names of losses and metrics; a custom one must be known to whoever loads it. A model
whose class overrides `compile` comes back uncompiled, unless it also overrides
`compile_from_config`.

## Fix

Register the custom loss or metric. For a class with its own `compile`, write `get_compile_config`
and `compile_from_config` too; or compile again after loading. Where only inference is wanted,
accept it: `saveguard.save(..., accept=["SG209"])`.

## Seen in

- Keras 3.15.1, own `compile`: only a warning: "`compile()` was not called as part of model loading
  because the model's `compile()` method is custom."
- Keras 3.15.1, `.h5` with a custom loss: "TypeError: string indices must be integers, not 'str'".

## References

- https://keras.io/guides/serialization_and_saving/#compile-config
- https://github.com/keras-team/keras/issues/5916
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG209", "compile-lost", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    failed = str(facts.extra.get("compile_failed", ""))
    uncompiled = any(t.holder == "model" and t.attribute == "compiled" for t in facts.traits)
    if not failed and not uncompiled:
        return
    evidence = (failed.splitlines()[0][:300],) if failed else ()
    yield rule.finding(
        where="model.compile()",
        message="the file loads only with compile=False"
        if failed
        else "the model comes back uncompiled",
        why="The weights are back, the loss, metrics and optimizer are not: training cannot go on"
        " from this file.",
        fix="register the custom loss, metric or optimizer, or write compile_from_config(); for"
        ' inference alone: saveguard.save(..., accept=["SG209"])',
        evidence=evidence,
    )


def bad(tmp: Path) -> Call:
    """A model class with its own `compile`."""
    return _save(
        tmp, "    def compile(self, *args, **kwargs):\n        super().compile(*args, **kwargs)\n"
    )


def good(tmp: Path) -> Call:
    """The same class without it."""
    return _save(tmp, "")


def _save(tmp: Path, method: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    models = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Own(keras.Sequential):\n    pass\n" + method,
    )
    model = models.Own([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mean_squared_error")
    example = np.ones((2, 3), "float32"), np.ones((2, 1), "float32")
    return Call("save", (model, tmp / "m.keras"), {"example": example})
