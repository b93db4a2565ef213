"""Find every object that a configuration names, with the role that its place gives it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from saveguard.facts import Node, Role

# What Keras makes of the argument of this name, whatever layer it belongs to.
_BY_KEY: dict[str, Role] = {
    "layer": "layer",
    "layers": "layer",
    "cell": "layer",
    "cells": "layer",
    "forward_layer": "layer",
    "backward_layer": "layer",
    "nodes": "layer",
    "optimizer": "optimizer",
    "optimizer_config": "optimizer",
    "inner_optimizer": "optimizer",
    "learning_rate": "schedule",
    "lr": "schedule",
    "loss": "loss",
    "losses": "loss",
    "metric": "metric",
    "metrics": "metric",
    "weighted_metrics": "metric",
    "fn": "function",
    "function": "function",
    "dtype": "dtype",
    "dtype_policy": "dtype",
    "init": "initializer",
    "quantization": "quantization",
    "quantization_config": "quantization",
}
# `kernel_initializer`, and the `W_regularizer` and `inner_init` of Keras 1.
_BY_ENDING: tuple[tuple[str, Role], ...] = (
    ("activation", "activation"),
    ("initializer", "initializer"),
    ("_init", "initializer"),
    ("regularizer", "regularizer"),
    ("constraint", "constraint"),
    ("quantizer", "quantization"),
    ("_dtype", "dtype"),
)
# Where Keras looks a plain string up as the name of a class or function.
_NAMED_BY_STRING = {
    "activation",
    "initializer",
    "regularizer",
    "constraint",
    "loss",
    "metric",
    "optimizer",
}
# A dictionary in these places has the names of outputs as its keys.
_BY_OUTPUT = {"loss", "metric"}
# Keras 1 wrote `{"name": "MaxNorm", "m": 2}` in these places.
_NAMED_BY_NAME = {"regularizer", "constraint"}
_TENSORS = {"__keras_tensor__", "__tensor__", "__numpy__", "CompositeTensor"}
_HOLDS = (dict, list, str)
_LONGEST = 400
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Place(NamedTuple):
    value: Any
    path: str
    role: Role
    layer: str
    owner: str


def walk(document: Any, name: str, role: Role = "model") -> Iterator[Node]:
    """Every object that a configuration names, in document order.

    An object is a dictionary with a `class_name`; and, where Keras looks names up (activations,
    initializers, regularizers, constraints, losses, metrics, optimizers), a plain string: its
    node has an empty `raw`.

    Args:
        document: Parsed JSON.
        name: Where it lies: `config.json`, `@model_config`.
        role: What its root is; `value` where the root only holds objects (`@training_config`).
    """
    # Not by recursion: how deep a document goes is the writer's choice.
    ahead = [iter([_Place(document, "$", role, "", "")])]
    while ahead:
        place = next(ahead[-1], None)
        if place is None:
            ahead.pop()
            continue
        node = _node(place, name)
        if node is not None:
            yield node
        if isinstance(place.value, (dict, list)):
            ahead.append(_within(place, node))


def _node(place: _Place, document: str) -> Node | None:
    value, role = place.value, place.role
    if isinstance(value, str):
        named = role in _NAMED_BY_STRING or role == "function"
        return _named(place, document, value) if value and named else None
    if not isinstance(value, dict):
        return None
    class_name = value.get("class_name")
    if not isinstance(class_name, str):
        called = value.get("name") if role in _NAMED_BY_NAME else None
        return _named(place, document, called, value) if isinstance(called, str) else None
    return _object(place, document, class_name)


def _object(place: _Place, document: str, class_name: str) -> Node:
    value = place.value
    config = value.get("config")
    arguments = config if isinstance(config, dict) else {}
    name = _text(arguments.get("name")) or _text(value.get("name"))
    if class_name == "function" and isinstance(config, str):
        class_name = config
    role, layer = _role(place, value), place.layer
    if role == "layer":
        layer = _short(f"{layer}/{name or class_name}".lstrip("/"))
    return Node(
        path=place.path,
        document=document,
        role=role,
        class_name=class_name,
        name=name,
        module=_text(value.get("module"), None),
        registered_name=_text(value.get("registered_name")),
        config=arguments,
        raw=value,
        layer=layer,
        owner=place.owner,
    )


def _named(
    place: _Place, document: str, class_name: str, raw: dict[str, Any] | None = None
) -> Node:
    return Node(
        path=place.path,
        document=document,
        role=place.role,
        class_name=class_name,
        config={key: raw[key] for key in raw if key != "name"} if raw else {},
        raw=raw or {},
        layer=place.layer,
        owner=place.owner,
    )


def _role(place: _Place, value: dict[str, Any]) -> Role:
    """The role that the place gives, or the object itself where the place gives none."""
    class_name = value["class_name"]
    if class_name in _TENSORS:
        return "tensor"
    if place.role == "value" and class_name in ("function", "__lambda__"):
        return "function"
    if class_name.startswith("__") and class_name != "__lambda__":
        return "value"
    return place.role


def _within(place: _Place, node: Node | None) -> Iterator[_Place]:
    """The places inside one place that may hold objects."""
    value, path, role, layer, owner = place
    if node is not None:
        layer, owner = node.layer, node.path
    if isinstance(value, list):
        holds = _HOLDS if role in _NAMED_BY_STRING else (dict, list)
        for index, item in enumerate(value):
            if isinstance(item, holds):
                yield _Place(item, f"{path}[{index}]", role, layer, owner)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(item, _HOLDS):
                continue
            if key == "config" and isinstance(item, dict) and node is not None:
                for name, part in item.items():
                    if isinstance(part, _HOLDS):
                        inner = _of_argument(node.role, item, name)
                        step = f"{path}.config{_step(name)}"
                        yield _Place(part, _short(step), inner, layer, owner)
            else:
                inner = _of_key(role, key) if node is None else _beside(node.role, key)
                yield _Place(item, _short(path + _step(key)), inner, layer, owner)


def _of_argument(owner: Role, config: dict[str, Any], key: str) -> Role:
    """The role of an object's argument `key`."""
    role, value = _by_key(key), config[key]
    if key == "fn" and owner in _BY_OUTPUT:
        return owner  # the function in a LossFunctionWrapper or MeanMetricWrapper
    if config.get(f"{key}_type") == "function" and isinstance(value, str):
        return "function"  # of a Lambda before Keras 3: a function by its name
    return role if role != "function" or isinstance(value, dict) else "value"


def _of_key(role: Role, key: str) -> Role:
    """The role of what a plain dictionary in a place of this role holds."""
    return role if role in _BY_OUTPUT else _by_key(key)


def _beside(role: Role, key: str) -> Role:
    """The role of what lies beside an object's class name."""
    if key == "config" and role in ("model", "layer"):
        return "layer"  # a Sequential before Keras 2.2.3 is a list of layers
    return "value"


@functools.lru_cache(maxsize=1024)
def _by_key(key: str) -> Role:
    if key in _BY_KEY:
        return _BY_KEY[key]
    return next((role for ending, role in _BY_ENDING if key.endswith(ending)), "value")


def _step(key: str) -> str:
    return f".{key}" if _PLAIN.fullmatch(key) else f"[{key!r}]"


def _short(path: str) -> str:
    """A path that fits into a line or ten: names may have a million letters."""
    return path if len(path) <= _LONGEST else f"{path[: _LONGEST // 2]}…{path[-_LONGEST // 3 :]}"


def _text(value: Any, otherwise: Any = "") -> Any:
    return value if isinstance(value, str) else otherwise
