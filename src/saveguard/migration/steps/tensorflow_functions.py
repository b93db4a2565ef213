"""A function of TensorFlow in the graph of layers (TFOpLambda, SlicingOpLambda).

## Recognises

The layers TFOpLambda and SlicingOpLambda, into which tf.keras 2.4 to 2.15 wrapped what was
called on a symbolic tensor: `x + 1`, `tf.reduce_mean(x)`, `x[:, 0]`.

## Rewrites

The operation of `keras.ops` that computes the same, as Keras 3 itself writes it into a graph. A
length that the graph computed, `tf.shape(x)[0]`, becomes the one that the others leave.

## Why

Keras 3 has no such layers: its operations are nodes of the graph themselves.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/core/tf_op_layer.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/numpy.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import operations, wiring
from saveguard.migration.parts import Raw, made, operation, settings
from saveguard.migration.step import Old, Step

_CLASSES = ("TFOpLambda", "SlicingOpLambda")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name not in _CLASSES or not node.raw.get("inbound_nodes"):
        return
    function = str(settings(node).get("function"))
    found = [_made(function, call) for call in node.raw["inbound_nodes"]]
    first = found[0]
    if first is None or any(one is None or one[:3] != first[:3] for one in found):
        return
    raw: Raw = node.raw  # type: ignore[assignment]
    new = operation(first.place, first.class_name, node.name, **first.config)
    calls = [{"args": one.args, "kwargs": {}} for one in found if one]
    raw.clear()
    raw.update(new, inbound_nodes=calls)
    yield f"tf.{function} is keras.ops: {first.class_name}"


def _made(function: str, call: Raw) -> operations.Made | None:
    args, kwargs = call["args"], dict(call["kwargs"])
    if function == "__operators__.getitem":
        key = kwargs.get("slice_spec", args[1] if len(args) > 1 else None)
        return operations.Made("numpy", "GetItem", {}, [args[0], _key(key)])
    given = {"x": args[0], **dict(zip(("y", "z"), args[1:], strict=False))} if args else {}
    return operations.operation(function, given | kwargs)


def _key(value: Any) -> Any:
    """What stands in the brackets: numbers, slices, `None` and `...`."""
    if isinstance(value, list):
        return [_key(one) for one in value]
    if isinstance(value, dict) and "start" in value:
        config = {name: value.get(name) for name in ("start", "stop", "step")}
        return {"class_name": "__slice__", "config": config}
    if isinstance(value, dict) and value.get("class_name") == "__ellipsis__":
        return {"class_name": "__ellipsis__", "config": {}}
    return value


step = Step(
    name="tensorflow-functions",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/core/tf_op_layer.py",
)


def bad() -> Any:
    """An addition."""
    return made("TFOpLambda", "tf.math.add", function="math.add") | {
        "inbound_nodes": [{"args": [wiring.tensor("x")], "kwargs": {"y": 1.0, "name": None}}]
    }


def good() -> Any:
    """An addition of Keras 3."""
    return operation("numpy", "Add", "add") | {
        "inbound_nodes": [{"args": [wiring.tensor("x"), 1.0], "kwargs": {}}]
    }
