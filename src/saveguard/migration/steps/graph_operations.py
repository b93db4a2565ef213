"""An operation of TensorFlow's graph as a layer (TensorFlowOpLayer).

## Recognises

The layer TensorFlowOpLayer, into which TF 1.14 to 2.3 put each operation of the graph between
two layers, with its `node_def` and its constants.

## Rewrites

The operation of `keras.ops` that computes the same; a slice from its masks; a constant without
inputs into those who take it.

## Why

Keras 3 has no such layer, and no graph of TensorFlow to put its operation into.

## Result

Equal.

## References

- https://github.com/tensorflow/tensorflow/blob/v2.3.0/tensorflow/python/keras/engine/base_layer.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/numpy.py
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import operations, wiring
from saveguard.migration.parts import Raw, made, operation, settings
from saveguard.migration.step import Old, Step

_TYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16", "DT_INT32": "int32",
          "DT_INT64": "int64", "DT_BOOL": "bool", "DT_UINT8": "uint8"}  # fmt: skip


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    definition = settings(node).get("node_def")
    if node.class_name != "TensorFlowOpLayer" or not isinstance(definition, dict):
        return
    calls: list[Raw] = node.raw.get("inbound_nodes") or []
    if len(calls) != 1:
        return
    inputs = _inputs(calls[0]["args"][0], settings(node).get("constants") or {})
    attributes = {key: _value(one) for key, one in (definition.get("attr") or {}).items()}
    op = str(definition.get("op"))
    found = _sliced(inputs, attributes) if op == "StridedSlice" else _made(op, inputs, attributes)
    if found is None:
        return
    raw: Raw = node.raw  # type: ignore[assignment]
    new = operation(found.place, found.class_name, str(raw.get("name")), **found.config)
    raw.clear()
    raw.update(new, inbound_nodes=[{"args": found.args, "kwargs": {}}])
    yield f"{op} is keras.ops: {found.class_name}"


def _inputs(tensors: Any, constants: Raw) -> list[Any]:
    """The operation's inputs in order, constants at their places among the tensors."""
    waiting = list(tensors) if isinstance(tensors, list) else [tensors]
    whole = len(waiting) + len(constants)
    return [constants[str(n)] if str(n) in constants else waiting.pop(0) for n in range(whole)]


def _made(op: str, inputs: list[Any], attributes: Raw) -> operations.Made | None:
    if op == "ConcatV2":
        return operations.operation("concat", {"x": inputs[:-1], "axis": inputs[-1]})
    if op == "Pack":
        return operations.operation("Pack", {"x": inputs, **attributes})
    if op == "Split":  # the axis comes first
        splits = attributes.get("num_split")
        return operations.operation(
            "split", {"x": inputs[1], "axis": inputs[0], "num_or_size_splits": splits}
        )
    if len(inputs) > 1 and op in ("Mean", "Sum", "Max", "Min", "Prod", "Any", "All"):
        return operations.operation(op, {"x": inputs[0], "axis": inputs[1], **attributes})
    return operations.operation(op, {**dict(zip("xyz", inputs, strict=False)), **attributes})


def _value(attribute: Raw) -> Any:
    """The value of an attribute, which JSON has under the name of its type."""
    for kind, value in attribute.items():
        if kind == "i":
            return int(value)
        if kind == "type":
            return _TYPES.get(value, value)
        if kind == "s" and isinstance(value, str):
            return base64.b64decode(value).decode("latin-1")
        if kind == "list":
            return [int(one) for one in value.get("i", ())] if isinstance(value, dict) else None
        return value
    return None


def _sliced(inputs: list[Any], masks: Raw) -> operations.Made | None:
    """`x[...]` of a StridedSlice whose bounds are constants."""
    tensor, *bounds = inputs
    if any(True for _ in wiring.tensors(bounds)) or masks.get("ellipsis_mask"):
        return None
    key: list[Any] = []
    for place, (start, stop, step) in enumerate(zip(*bounds, strict=True)):
        bit = 1 << place
        if masks.get("new_axis_mask", 0) & bit:
            key.append(None)
        elif masks.get("shrink_axis_mask", 0) & bit:
            key.append(start)
        else:
            config = {
                "start": None if masks.get("begin_mask", 0) & bit else start,
                "stop": None if masks.get("end_mask", 0) & bit else stop,
                "step": step,
            }
            key.append({"class_name": "__slice__", "config": config})
    return operations.Made("numpy", "GetItem", {}, [tensor, key])


step = Step(
    name="graph-operations",
    rewrite=_rewrite,
    changed="2.4",
    source="https://github.com/tensorflow/tensorflow/blob/v2.3.0/tensorflow/python/keras/engine/base_layer.py",
)


def bad() -> Any:
    """A product with a constant."""
    return made(
        "TensorFlowOpLayer",
        "mul",
        node_def={"name": "mul", "op": "Mul", "attr": {"T": {"type": "DT_FLOAT"}}},
        constants={"1": 2.0},
    ) | {"inbound_nodes": [{"args": [wiring.tensor("x")], "kwargs": {}}]}


def good() -> Any:
    """A product of Keras 3."""
    return operation("numpy", "Multiply", "mul") | {
        "inbound_nodes": [{"args": [wiring.tensor("x"), 2.0], "kwargs": {}}]
    }
