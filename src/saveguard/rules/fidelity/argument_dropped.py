"""A class of Keras drops an argument from its own configuration.

## What happens

The model saves and loads without a word, and a loss, metric or layer comes back with the default
of an argument that was given. A `Huber(delta=0.5)` trains on as `Huber(delta=1.0)`.

## Why

The class's own `get_config` does not return that argument. Saveguard finds it by comparing what
the object holds before the save and after the reload, not by a list of names.

## Fix

Compile again after loading, or set the attribute; the finding names both values. A small subclass
mends it for good:

    @keras.saving.register_keras_serializable(package="my_losses")
    class Huber(keras.losses.Huber):
        def __init__(self, delta=1.0, **kwargs):
            super().__init__(delta=delta, **kwargs)
            self.delta = delta
        def get_config(self):
            return {**super().get_config(), "delta": self.delta}

To save all the same, knowing it: `saveguard.save(..., accept=["SG406"])`.

## Seen in

- Keras 3.15.1, silent: `losses.Huber(delta=)`, `losses.CosineSimilarity(axis=)`,
  `losses.SparseCategoricalCrossentropy(axis=)`, `layers.CategoryEncoding(sparse=)`.

## References

- https://github.com/keras-team/keras/pull/23286
- https://github.com/keras-team/keras/pull/23375
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG406", "argument-dropped", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    for trait in facts.traits:
        if not trait.builtin or not trait.argument:
            continue
        argument = trait.attribute.split("['")[-1].rstrip("']").lstrip("_")
        version = facts.environment.get("keras", "3")
        yield rule.finding(
            where=f"{trait.holder}.{trait.attribute}",
            message=f"`{argument}` of the {trait.kind} `{trait.class_name}` comes back as"
            f" {trait.after} instead of {trait.before}",
            why=f"get_config() of keras's own {trait.class_name} in Keras {version} does not record"
            " it, so a reload gives it the default, without an error.",
            fix=f"after loading, make `{trait.class_name}({argument}={trait.before})` again and"
            " compile with it or put it in place; to save all the same:"
            f' saveguard.save(..., accept=["{rule.code}"])',
        )


def bad(tmp: Path) -> Call:
    """A loss whose `delta` Keras forgets."""
    return _save(tmp, 0.5)


def good(tmp: Path) -> Call:
    """The same loss with the default, which comes back by itself."""
    return _save(tmp, 1.0)


def _save(tmp: Path, delta: float) -> Call:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", keras.losses.Huber(delta=delta))
    example = np.ones((2, 3), "float32"), np.zeros((2, 1), "float32")
    codes = ("SG411",) if delta != 1.0 else ()
    return Call("save", (model, tmp / "m.keras"), {"example": example}, codes=codes)
