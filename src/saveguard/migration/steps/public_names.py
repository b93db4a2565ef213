"""Objects without the module that defines them.

## Recognises

Layers, initializers, regularizers, constraints, functions and policies as an `.h5` file names
them, by their class alone, those in a TimeDistributed or Bidirectional among them; modules
inside of Keras, `keras.src.engine.functional`, `keras.layers.core`, as tf.keras 2.12 to 2.15
wrote them.

## Rewrites

The public module, `keras.layers`, beside each. What Keras does not have keeps its name, under
which the caller gives it.

## Why

Keras 3 finds a class by module and name. The loader of old files adds the module to layers of
the model, and not to what they hold.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import Raw, today
from saveguard.migration.step import Old, Step

_PACKAGES = ("keras", "tensorflow", "tf_keras", "builtins")
_STRINGS = ("activation", "initializer", "regularizer", "constraint")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    raw: Raw = node.raw  # type: ignore[assignment]
    if not raw or "class_name" not in raw:
        return
    module = node.module or ""
    if node.class_name == "Sequential":
        raw.update(module="keras", registered_name=None)
        if node.path == "$":
            yield "every object is written with its public module"
        return
    if old.numbers >= (3,) and "module" in raw:
        return
    raw.pop("shared_object_id", None)
    if node.class_name in old.custom or raw.get("registered_name") in old.custom:
        raw.update(module=None, registered_name=node.class_name)
        return
    if module and module.partition(".")[0] not in _PACKAGES:
        return
    if module.startswith("keras.") and today().symbol(node.class_name, module):
        return
    if raw["class_name"] == "function":
        return
    if node.class_name == "Functional":
        raw.update(module="keras.src.models.functional", registered_name="Functional")
        return
    _name(raw, node)
    if node.path == "$":
        yield "every object is written with its public module"


def _name(raw: Raw, node: Node) -> None:
    """Put the public module beside an object; what Keras does not have keeps its name."""
    symbol = today().symbol(node.class_name, role=node.role)
    if symbol is None and node.role == "activation":  # a layer may be one
        symbol = today().symbol(node.class_name, role="layer")
    if symbol is None:
        raw.update(module=None, registered_name=node.class_name)
        return
    public = "keras" if raw["class_name"] == "Sequential" else symbol.module
    raw.update(module=public, registered_name=None)
    raw.setdefault("config", {})
    if symbol.function:
        raw.update(class_name="function", config=symbol.name, registered_name=symbol.name)


step = Step(
    name="public-names",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py",
    on=(
        "model",
        "layer",
        "initializer",
        "regularizer",
        "constraint",
        "activation",
        "dtype",
        "quantization",
    ),
)


def bad() -> Any:
    """A model without its module."""
    return {"class_name": "Sequential", "config": {"name": "m", "layers": []}}


def good() -> Any:
    """A model with it."""
    return {
        "class_name": "Sequential",
        "config": {"name": "m", "layers": []},
        "module": "keras",
        "registered_name": None,
    }
