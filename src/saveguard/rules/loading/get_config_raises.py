"""A custom class's `get_config` raises.

## What happens

The save stops with the exception of the class's own code. Plain Keras has by then emptied the
previous file.

## Why

Keras asks every object for its configuration when it writes the file; what goes wrong there goes
through `model.save`. Often an attribute is read that the constructor does not set, or `get_config`
is called on a class where an instance was meant.

## Fix

Call `get_config()` on the object by hand, mend it, and save again. `saveguard.save` has written
every variable into `NAME.rescue.h5`.

## Seen in

- Every version: the exception is that of the class. For a class in the place of an instance:
  "TypeError: get_config() missing 1 required positional argument: 'self'".

## References

- https://keras.io/guides/serialization_and_saving/#config-methods
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG205", "get-config-raises", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for item in facts.objects:
        if not item.config_error or item.config_error.startswith("NotImplementedError"):
            continue
        yield rule.finding(
            where=f"{item.holder}.get_config()",
            message=f"get_config() of `{item.class_name}` raises",
            why="Keras calls it to write the file, so model.save() raises the same.",
            fix=f"mend get_config() of `{item.class_name}`; try it alone:"
            f" {item.holder}.get_config()",
            evidence=(item.config_error.splitlines()[0],),
        )


def bad(tmp: Path) -> Call:
    """A layer whose `get_config` reads an attribute that is not there."""
    return _save(tmp, "self.unit")


def good(tmp: Path) -> Call:
    """The same layer, reading the right one."""
    return _save(tmp, "self.units")


def _save(tmp: Path, read: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Tagged(keras.layers.Layer):\n"
        "    def __init__(self, units=2, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.units = units\n"
        "    def call(self, inputs):\n"
        "        return inputs\n"
        "    def get_config(self):\n"
        f"        return {{**super().get_config(), 'units': {read}}}\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Tagged()])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
