"""A shape that TensorFlow's graph computed, in layers of TF 1.14 to 2.3.

## Recognises

The TensorFlowOpLayer of a `Reshape` whose shape is packed by another, of constants and of a
length that the graph computed.

## Rewrites

The list of them, in which the one computed length becomes the one that the others leave.

## Why

Keras 3 takes the shape when the operation is made.

## Result

Equal.

## References

- https://github.com/tensorflow/tensorflow/blob/v2.3.0/tensorflow/python/keras/engine/base_layer.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not wiring.is_graph(node.raw):  # type: ignore[arg-type]
        return
    layers = {layer.get("name"): layer for layer in node.raw["config"]["layers"]}
    for name, layer in layers.items():
        call = (layer.get("inbound_nodes") or [{}])[0]
        tensors = (call.get("args") or [None])[0] if isinstance(call, dict) else None
        if _op(layer) == "Reshape" and isinstance(tensors, list) and len(tensors) == 2:
            shape = _packed(layers.get((wiring.history(tensors[1]) or [""])[0], {}))
            if shape is not None:
                call["args"] = [tensors[0]]
                layer["config"]["constants"] = {"1": shape}
                yield f"the shape of `{name}` is written with it"


def _op(layer: Raw) -> str:
    definition = (layer.get("config") or {}).get("node_def")
    return str(definition.get("op")) if isinstance(definition, dict) else ""


def _packed(layer: Raw) -> list[Any] | None:
    """The list that a `Pack` makes, of constants and tensors."""
    if _op(layer) != "Pack":
        return None
    tensors = layer["inbound_nodes"][0]["args"][0]
    waiting = list(tensors) if isinstance(tensors, list) else [tensors]
    constants = layer["config"].get("constants") or {}
    places = range(len(waiting) + len(constants))
    return [constants[str(n)] if str(n) in constants else waiting.pop(0) for n in places]


step = Step(
    name="computed-shapes",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/tensorflow/tensorflow/blob/v2.3.0/tensorflow/python/keras/engine/base_layer.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """A shape that is packed."""
    return _model([wiring.tensor("x"), wiring.tensor("shape")])


def good() -> Any:
    """A shape that is given."""
    return _model(wiring.tensor("x"))


def _model(tensors: Any) -> Raw:
    def layer(name: str, op: str, inputs: Any, constants: Raw) -> Raw:
        call = {"args": [inputs], "kwargs": {}}
        held = made("TensorFlowOpLayer", name, node_def={"op": op}, constants=constants)
        return held | {"inbound_nodes": [call]}

    entry = made("InputLayer", "x", batch_shape=[None, 6, 4]) | {"inbound_nodes": []}
    shape = layer("shape", "Pack", wiring.tensor("length"), {"1": 24})
    last = layer("reshape", "Reshape", tensors, {})
    ends = {"input_layers": ["x", 0, 0], "output_layers": ["reshape", 0, 0]}
    return {"class_name": "Functional", "config": {"layers": [entry, shape, last], **ends}}
