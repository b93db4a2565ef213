"""Constants that layers are called on.

## Recognises

A constant tensor among the inputs of Add, Subtract, Multiply, Maximum or Minimum, or of an
operation: written into the call by tf.keras 2.4 and newer, as a `Const` without inputs before.

## Rewrites

The operation of `keras.ops` on the tensor and the constant.

## Why

Layers of Keras 3 take tensors of the graph alone; its operations take numbers as well.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/layer.py (Layer.__call__)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made, operation
from saveguard.migration.step import Old, Step

_MERGES = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not wiring.is_graph(node.raw) or old.numbers >= (3,):  # type: ignore[arg-type]
        return
    model: Raw = node.raw["config"]
    if any(
        isinstance(call, list) for one in model["layers"] for call in one.get("inbound_nodes") or ()
    ):
        return  # calls as Keras 2 wrote them, which no other step has rewritten
    values = {layer["name"]: _value(layer) for layer in model["layers"] if _value(layer)}
    for layer in model["layers"]:
        for call in layer.get("inbound_nodes") or ():
            call["args"] = wiring.mapped(call["args"], lambda one: _given(one, values))
        if layer.get("class_name") in _MERGES and _merged(layer):
            yield f"`{layer['name']}` is an operation, as it takes a constant"
    for name in values:
        yield f"the constant `{name}` is written where it is used"
    model["layers"] = [layer for layer in model["layers"] if layer.get("name") not in values]


def _given(tensor: Raw, values: dict[str, Any]) -> Any:
    history = wiring.history(tensor) or [""]
    return values.get(history[0], tensor)


def _value(layer: Raw) -> Raw | None:
    """What the graph's operation `Const` holds, where it is a float or many of one value."""
    definition = (layer.get("config") or {}).get("node_def")
    if not isinstance(definition, dict) or definition.get("op") != "Const":
        return None
    tensor = definition["attr"]["value"]["tensor"]
    held = tensor.get("floatVal")
    axes = [int(one["size"]) for one in tensor.get("tensorShape", {}).get("dim", ())]
    if not held or (len(held) > 1 and len(held) != math.prod(axes)):
        return None
    flat = held * math.prod(axes) if len(held) == 1 else held
    for length in reversed(axes[1:]):
        flat = [flat[at : at + length] for at in range(0, len(flat), length)]
    value = flat if axes else flat[0]
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}


def _merged(layer: Raw) -> bool:
    """Make an operation of a merging layer that takes a constant; whether it was one."""
    (call, *more) = layer.get("inbound_nodes") or [{}]
    inputs = (call.get("args") or [None])[0]
    if more or not isinstance(inputs, list) or len(inputs) != 2:
        return False
    if all(wiring.history(one) for one in inputs):
        return False
    args = [one if isinstance(one, dict) else _array(one) for one in inputs]
    name = layer["name"]
    layer.update(operation("numpy", layer["class_name"], name), inbound_nodes=[
        {"args": args, "kwargs": {}}
    ])  # fmt: skip
    return True


def _array(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}


step = Step(
    name="constants",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/layer.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """A sum with one."""
    return _model(1.0)


def good() -> Any:
    """A sum of two tensors."""
    return _model(wiring.tensor("x"))


def _model(second: Any) -> Raw:
    entry = made("InputLayer", "x", batch_shape=[None, 4]) | {"inbound_nodes": []}
    call = {"args": [[wiring.tensor("x"), second]], "kwargs": {}}
    ends = {"input_layers": ["x", 0, 0], "output_layers": ["add", 0, 0]}
    layers = [entry, made("Add", "add") | {"inbound_nodes": [call]}]
    return {"class_name": "Functional", "config": {"layers": layers, **ends}}
