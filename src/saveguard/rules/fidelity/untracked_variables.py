"""The model uses variables that Keras does not track, so that they are not in the file.

## What happens

Training and predicting work. The file is written without a word, and the model that loads from it
has fresh values in those places: its accuracy is back at chance.

## Why

Keras stores the variables that it tracks: those of `add_weight`, of `keras.Variable` attributes,
and of layers held as attributes or in lists and dictionaries of a layer. It does not see variables
of the backend (`tf.Variable`, `torch.nn.Parameter`), nor layers and variables inside objects of
one's own or in the closure of a function.

## Fix

Hold them where Keras looks:

    self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

`saveguard.save` has written these variables, too, into `NAME.rescue.h5`.

## Seen in

- Keras 3.15.1: silent. A bare `tf.Variable` of a subclassed model reverts to its first value.

## References

- https://keras.io/guides/making_new_layers_and_models_via_subclassing/
- https://github.com/keras-team/keras/issues/20260
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG402", "untracked-variables", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for variable in facts.untracked:
        yield rule.finding(
            where=variable.holder,
            message=f"the variable {variable.holder} {list(variable.shape)} is not one that Keras"
            " tracks",
            why=f"model.save() of Keras {facts.keras} stores tracked variables only: this one is"
            " not in the file, and comes back with its first value.",
            fix="make it with self.add_weight(...), or hold the layer that owns it as an attribute"
            " of the model",
        )


def bad(tmp: Path) -> Call:
    """A layer that holds a variable inside an object of the user's own."""
    return _save(tmp, "Box(self.add_to)")


def good(tmp: Path) -> Call:
    """The same variable as the layer's own attribute."""
    return _save(tmp, "self.add_to")


def _save(tmp: Path, held: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "class Box:\n"
        "    def __init__(self, make):\n"
        "        self.value = make()\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Shift(keras.layers.Layer):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        f"        self.held = {held if 'Box' in held else held + '()'}\n"
        "    def add_to(self):\n"
        "        return keras.Variable([1.0, 2.0, 3.0])\n"
        "    def call(self, inputs):\n"
        "        return inputs + getattr(self.held, 'value', self.held)\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Shift()])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
