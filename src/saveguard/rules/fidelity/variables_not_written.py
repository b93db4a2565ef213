"""Keras counts a variable among the model's own, yet its writer does not store it.

## What happens

`model.summary()` lists the weights, training moves them, and the file does not hold them. The
model that loads has fresh values there.

## Why

Keras finds a model's variables in one way (its trackers) and writes them in another (by walking
the public attributes of every object). What hangs under a name that the walk skips, `_layers` for
instance, or in a `set`, is counted and not written; so is a variable that a class's own
`save_own_variables` leaves out.

## Fix

Hold layers and variables under names of your own, in attributes, lists or dictionaries:

    self.blocks = [keras.layers.Dense(8) for _ in range(3)]     # not self._layers

`saveguard.save` has written every variable into `NAME.rescue.h5`.

## Seen in

- Keras 3.15.1: silent with `self._layers = [...]`; the outputs differ after the reload.

## References

- https://github.com/keras-team/keras/issues/20260
- https://github.com/keras-team/keras/pull/22359
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG403", "variables-not-written", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for variable in facts.unwritten:
        yield rule.finding(
            where=f"model.variables: {variable.path}",
            message=f"the variable {variable.path} {list(variable.shape)} is not in the file",
            why=f"The writer of Keras {facts.keras} does not come past it, although the model"
            " counts it among its variables; after a load it has a fresh value.",
            fix="hold its layer under a name of your own: not `_layers`, nor inside a set; or store"
            " it in save_own_variables()",
        )


def bad(tmp: Path) -> Call:
    """A layer whose own `save_own_variables` stores one of its two variables."""
    return _save(tmp, "store['0'] = self.first")


def good(tmp: Path) -> Call:
    """The same layer, which stores both."""
    return _save(tmp, "store['0'], store['1'] = self.first, self.second")


def _save(tmp: Path, stored: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Affine(keras.layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.first = self.add_weight((shape[-1],), 'ones', name='first')\n"
        "        self.second = self.add_weight((shape[-1],), 'zeros', name='second')\n"
        "    def call(self, inputs):\n"
        "        return inputs * self.first + self.second\n"
        "    def save_own_variables(self, store):\n"
        f"        {stored}\n"
        "    def load_own_variables(self, store):\n"
        "        self.first.assign(store['0'])\n"
        "        if '1' in store.keys():\n"
        "            self.second.assign(store['1'])\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Affine(name="affine")])
    model.set_weights([np.full(3, 2.0), np.full(3, 5.0)])
    example = np.ones((2, 3), "float32")
    codes = ("SG405", "SG410") if "second" not in stored else ()
    return Call("save", (model, tmp / "m.keras"), {"example": example}, codes=codes)
