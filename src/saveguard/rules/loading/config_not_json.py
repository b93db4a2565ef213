"""A configuration holds a value that JSON cannot.

## What happens

The save stops with "Cannot serialize object ... of type ..." or "Unable to serialize ... to JSON",
without the name of the layer or the key.

## Why

The configuration is stored as JSON. Keras turns arrays, tensors, functions and Keras objects into
a form of its own; a set, a module, a lock or an object of another library it cannot.

## Fix

Let `get_config` return plain numbers, strings, lists and dictionaries, and build the object from
them in the constructor:

    return {**super().get_config(), "allowed": sorted(self.allowed)}

## Seen in

- TF up to 2.8: "TypeError: ('Not JSON Serializable:', <tf.Tensor: ...>)".
- Keras 3.15.1, `.keras`: "TypeError: Cannot serialize object {1, 2} of type <class 'set'>. To be
  serializable, a class must implement the `get_config()` method."

## References

- https://keras.io/guides/serialization_and_saving/#config-methods
- https://github.com/tensorflow/tensorflow/issues/60437
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG206", "config-not-json", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for item in facts.objects:
        for value in item.unserialisable:
            yield rule.finding(
                where=f"{item.holder}.get_config()['{value.key}']",
                message=f"`{value.key}` in the configuration of `{item.class_name}` is a"
                f" {value.type}, which JSON cannot hold",
                why=f"The configuration is stored as JSON, so model.save() raises TypeError at"
                f" {value.value}.",
                fix=f"let get_config() of `{item.class_name}` return it as plain numbers, strings,"
                " lists or dictionaries, and make it anew in __init__()",
            )


rule.in_traceback(
    Signature(
        exceptions=("UnicodeDecodeError", "TypeError"),
        pattern=r"codec can't decode byte|keys must be (?:a string|str, int)",
        stages=("save",),
        frames=r"serialization_lib|json_utils|serialization\.py|:to_json|:get_config|:save_model",
        message="a configuration holds a value that JSON cannot: bytes, or keys that are no text",
        why="The configuration of every object is stored as JSON.",
        fix="let get_config() of the object that holds it return plain values instead",
        certainty="likely",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Cannot serialize (?P<value8><.{1,100}>)$"
        r"|(?P<value4>Layer \S+) was passed non-JSON-serializable arguments"
        r"|Unable to serialize (?P<value5>.{1,80}?) to JSON, because the TypeSpec"
        r"|Cannot serialize (?P<value6>.{1,80}?) (?:because|since) it doesn't implement"
        r" `get_config"
        r"|method of (?P<value7>.{1,80}?) should return a dict\. It returned"
        r"|Cannot serialize object (?P<value>.*?) of type <class '(?P<type>[\w.]+)'>"
        r"|Unable to serialize (?P<value2>.*?) to JSON|Not JSON Serializable: ?(?P<value3>.*)",
        stages=("save",),
        message="a configuration holds a value that JSON cannot:"
        " {value}{value2}{value3}{value4}{value5}{value6}{value7}{value8} {type}",
        why="The configuration of every object is stored as JSON.",
        fix="let get_config() of the object that holds it return plain values instead",
    )
)


def bad(tmp: Path) -> Call:
    """A layer whose configuration holds a set."""
    return _save(tmp, "self.allowed")


def good(tmp: Path) -> Call:
    """The same layer, whose configuration holds a list."""
    return _save(tmp, "sorted(self.allowed)")


def _save(tmp: Path, returned: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Allow(keras.layers.Layer):\n"
        "    def __init__(self, allowed=(), **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.allowed = set(allowed)\n"
        "    def call(self, inputs):\n"
        "        return inputs\n"
        "    def get_config(self):\n"
        f"        return {{**super().get_config(), 'allowed': {returned}}}\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Allow([1, 2])])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
