"""A model in the model that is called with other sizes than its own input has.

## Recognises

A Functional model that is a layer, of one input, whose every call takes what an InputLayer gives,
of one shape that is not the model's own.

## Rewrites

The shape of the model's own InputLayer is that of the calls.

## Why

Keras 2 only compares the rank, and computes the model's layers anew with each call's shape. Keras 3
compares every size with that of the InputLayer, and refuses the call.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/engine/functional.py (_run_internal_graph)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not wiring.is_graph(node.raw) or old.numbers >= (3,):  # type: ignore[arg-type]
        return
    layers = node.raw["config"]["layers"]
    given = {layer.get("name"): _shape(layer) for layer in layers}
    for inner in layers:
        entry = _entry(inner) if wiring.is_graph(inner) else None
        called = [given.get(_from(one)) for one in wiring.tensors(inner.get("inbound_nodes"))]
        if entry is None or not called or any(one != called[0] for one in called):
            continue
        shape, own = called[0], _shape(entry)
        if shape and own and _is_refused(shape, own):
            entry["config"]["batch_shape"] = list(shape)
            yield f"`{inner.get('name')}` takes {shape}, as it is called, and not {own}"


def _is_refused(shape: list[Any], own: list[Any]) -> bool:
    """Whether two shapes of one rank have sizes that contradict each other."""
    pairs = list(zip(shape, own, strict=False))
    return len(shape) == len(own) and any(a != b and None not in (a, b) for a, b in pairs)


def _shape(layer: Raw) -> list[Any] | None:
    """What an InputLayer gives; None of any other layer."""
    config = layer.get("config") or {}
    return config.get("batch_shape") if layer.get("class_name") == "InputLayer" else None


def _entry(model: Raw) -> Raw | None:
    """The InputLayer of a model that has one only."""
    found = [one for one in model["config"]["layers"] if _shape(one)]
    return found[0] if len(found) == 1 else None


def _from(tensor: Raw) -> str:
    return str((wiring.history(tensor) or [""])[0])


step = Step(
    name="called-shapes",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py",
    on=("model", "layer"),
)


def bad() -> Any:
    """An encoder of 64 values that is called with 32."""
    return _model(64)


def good() -> Any:
    """An encoder of as many as it is called with."""
    return _model(32)


def _model(size: int) -> Raw:
    def graph(name: str, layers: list[Raw], last: str) -> Raw:
        ends = {"input_layers": ["x", 0, 0], "output_layers": [last, 0, 0]}
        config = {"name": name, "layers": layers, **ends}
        return {"class_name": "Functional", "name": name, "config": config}

    entry = made("InputLayer", "x", batch_shape=[None, size]) | {"inbound_nodes": []}
    outer = made("InputLayer", "x", batch_shape=[None, 32]) | {"inbound_nodes": []}
    call = {"inbound_nodes": [{"args": [wiring.tensor("x")], "kwargs": {}}]}
    return graph("twins", [outer, graph("encoder", [entry], "x") | call], "encoder")
