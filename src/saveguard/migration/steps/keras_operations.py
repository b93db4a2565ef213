"""Operations of `keras.ops` in a graph of layers, as earlier releases of Keras 3 wrote them.

## Recognises

`Matmul`, `GetItem`, `Mean` and the like in an `.h5` file of Keras 3, by their class alone; `Add`
or `Multiply` there that are no layers, as they have no `trainable` and no `dtype`; a `dtype`
beside the tensor that `zeros_like` or `ones_like` was called on.

## Rewrites

The module, `keras.src.ops.numpy`, and the name of the node. The `dtype` becomes an argument of
the operation.

## Why

An `.h5` file does not say where a class is defined, and the loader looks among layers: it finds no
Matmul, and takes the sum of two tensors for the layer Add, which wants them in a list. Keras 3.9
moved the `dtype` from the call into the operation.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py (get_config)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made, operation, today
from saveguard.migration.step import Old, Step

_PLACES = ("numpy", "nn", "math", "core", "image", "linalg")
# Operations whose call took the dtype of what they make.
_LIKE = ("ZerosLike", "OnesLike", "FullLike")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not wiring.is_graph(node.raw) or old.numbers < (3,):  # type: ignore[arg-type]
        return
    for layer in node.raw["config"]["layers"]:
        name, kind = layer.get("name"), str(layer.get("class_name"))
        place = "" if "module" in layer or kind in old.custom else _place(kind, layer)
        if place:
            config = layer["config"] | {"name": name}
            layer.update(operation(place, kind, **config))
            yield f"`{name}` is the operation {kind} of keras.ops"
        if kind in _LIKE and _moved(layer):
            yield f"`{name}` is made with its dtype, and not called with it"


def operation_named(kind: str) -> str:
    """The module in `keras.src.ops` that has a class, or nothing."""
    found = (place for place in _PLACES if today().symbol(kind, f"keras.src.ops.{place}"))
    return next(found, "")


def _place(kind: str, layer: Raw) -> str:
    """Where an object is defined that is an operation and no layer."""
    config = layer.get("config")
    if not isinstance(config, dict) or "trainable" in config:
        return ""
    if "dtype" in config and today().symbol(kind, role="layer"):
        return ""
    return operation_named(kind)


def _moved(layer: Raw) -> bool:
    """Take the dtype out of the calls; whether there was one."""
    calls = [call for call in layer.get("inbound_nodes") or () if "dtype" in call["kwargs"]]
    for call in calls:
        dtype = call["kwargs"].pop("dtype")
        if dtype is not None:
            layer["config"]["dtype"] = dtype
    return bool(calls)


step = Step(
    name="keras-operations",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py",
    on=("model", "layer"),
)


def bad() -> Any:
    """The mean of a tensor, as an `.h5` file has it."""
    return _model({"class_name": "Mean", "name": "mean", "config": {"axis": 1}})


def good() -> Any:
    """A layer."""
    return _model(made("Flatten", "mean", trainable=True))


def _model(layer: Raw) -> Raw:
    entry = made("InputLayer", "x", batch_shape=[None, 4]) | {"inbound_nodes": []}
    call = {"args": [wiring.tensor("x")], "kwargs": {}}
    ends = {"input_layers": ["x", 0, 0], "output_layers": ["mean", 0, 0]}
    layers = [entry, layer | {"inbound_nodes": [call]}]
    return {"class_name": "Functional", "config": {"layers": layers, **ends}}
