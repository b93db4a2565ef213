"""The calls of a Functional model's layers, written as lists.

## Recognises

`inbound_nodes` of Keras 1, 2 and tf.keras: `[[["x", 0, 0, {}]]]`, with the other arguments of the
call in its last place, tensors among them as bare `["x", 0, 0]`, constants as `_CONSTANT_VALUE`;
a call on one tensor without the list around it; calls of a model in the model, counted from one.

## Rewrites

`{"args": [...], "kwargs": {...}}` with tensors as `__keras_tensor__`, calls counted from zero. An
input or output that stands alone in a list loses the list.

## Why

Keras 3 reads the old form as well, but takes no tensor among the other arguments, no constant, and
no call that is one flat list; it counts the calls of a model in the model from zero, so that two
of three nested models of Keras 2 are found disconnected; and it makes a list of one tensor of
an output that Keras 2 took out of its list.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/engine/node.py (serialize)
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py (deserialize_node)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.step import Old, Step

Raw = dict[str, Any]
_CONSTANT = "_CONSTANT_VALUE"


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not wiring.is_graph(node.raw):  # type: ignore[arg-type]
        return
    config: Raw = node.raw["config"]
    layers = config["layers"]
    called = any(layer.get("inbound_nodes") for layer in layers)
    if (called or old.numbers >= (3,)) and not any(_is_old(layer) for layer in layers):
        return
    first = _first_calls(config)
    for layer in layers:
        calls = layer.get("inbound_nodes") or []
        layer["inbound_nodes"] = [
            call if isinstance(call, dict) and "args" in call else _call(call, first)
            for call in calls
        ]
    graphs = {layer["name"] for layer in layers if wiring.is_graph(layer)}
    for end in wiring.ends(config["output_layers"]):
        end[1] -= first.get(end[0], 0) - (end[0] in graphs)
    for key in ("input_layers", "output_layers"):
        config[key] = _alone(config[key])
    yield "the calls of its layers are written as Keras 3 does"


def _is_old(layer: Raw) -> bool:
    calls = layer.get("inbound_nodes") or []
    return any(not isinstance(call, dict) or "args" not in call for call in calls)


def _first_calls(config: Raw) -> dict[str, int]:
    """The number of each layer's first call: 1 of a model, whose own making counted as a call."""
    found = {layer["name"]: int("layers" in _config(layer)) for layer in config["layers"]}
    made = {layer["name"]: len(layer.get("inbound_nodes") or []) or 1 for layer in config["layers"]}
    used: dict[str, list[int]] = {}
    for name, call in _named(config):
        used.setdefault(name, []).append(call)
    for name, calls in used.items():
        if name in found and min(calls) == 0:
            found[name] = 0
        elif name in found and max(calls) >= made[name]:
            found[name] = 1
    return found


def _config(layer: Raw) -> Any:
    config = layer.get("config")
    return {"layers": config} if isinstance(config, list) else config or {}


def _named(config: Raw) -> Iterator[tuple[str, int]]:
    """Every layer that is named as the source of a tensor, with the call."""
    ahead: list[Any] = [config["output_layers"]]
    ahead += [layer.get("inbound_nodes") for layer in config["layers"]]
    while ahead:
        part = ahead.pop()
        if _is_tensor(part):
            yield part[0], part[1]
            part = part[3:]
        if isinstance(part, (list, dict)):
            ahead += part.values() if isinstance(part, dict) else part


def _is_tensor(part: Any) -> bool:
    whole = isinstance(part, list) and len(part) in (3, 4) and isinstance(part[0], str)
    return whole and type(part[1]) is int and (part[0] == _CONSTANT or type(part[2]) is int)


def _call(call: Any, first: dict[str, int]) -> Raw:
    flat = [call] if _is_tensor(call) else call
    kwargs: Raw = {}
    inputs = _inputs(flat, first, kwargs)
    lone = isinstance(inputs, list) and len(inputs) == 1
    args = [inputs[0] if lone else inputs]
    return {"args": args, "kwargs": {key: _value(one, first) for key, one in kwargs.items()}}


def _inputs(part: Any, first: dict[str, int], kwargs: Raw) -> Any:
    """What a call was made on; the other arguments, which stand beside each tensor, are added."""
    if _is_tensor(part):
        kwargs.update(part[3] if len(part) == 4 and isinstance(part[3], dict) else {})
        return part[2] if part[0] == _CONSTANT else _tensor(part, first)
    if isinstance(part, dict):
        return {key: _inputs(value, first, kwargs) for key, value in part.items()}
    return [_inputs(value, first, kwargs) for value in part] if isinstance(part, list) else part


def _value(part: Any, first: dict[str, int]) -> Any:
    """An argument of a call, in which `["x", 0, 0]` is a tensor where `x` is a layer."""
    if _is_tensor(part) and (part[0] in first or part[0] == _CONSTANT):
        return part[2] if part[0] == _CONSTANT else _tensor(part, first)
    if isinstance(part, dict):
        return {key: _value(value, first) for key, value in part.items()}
    return [_value(value, first) for value in part] if isinstance(part, list) else part


def _tensor(part: list[Any], first: dict[str, int]) -> Raw:
    return wiring.tensor(part[0], part[1] - first.get(part[0], 0), part[2])


def _alone(ends: Any) -> Any:
    return ends[0] if isinstance(ends, list) and len(ends) == 1 else ends


step = Step(
    name="calls",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py",
    on=("model", "layer"),
)


def bad() -> Any:
    """A dense layer called as Keras 2 wrote it."""
    return _model([[["x", 0, 0, {}]]], [["x", 0, 0]], [["dense", 0, 0]])


def good() -> Any:
    """The same as Keras 3 writes it."""
    call = {"args": [wiring.tensor("x")], "kwargs": {}}
    model = _model([call], ["x", 0, 0], ["dense", 0, 0])
    return model | {"module": "keras", "keras_version": "3.15.1"}


def _model(calls: Any, inputs: Any, outputs: Any) -> Raw:
    entry = {"class_name": "InputLayer", "name": "x", "config": {"name": "x"}, "inbound_nodes": []}
    dense = {"class_name": "Dense", "name": "dense", "config": {"name": "dense", "units": 2}}
    layers = [entry, dense | {"inbound_nodes": calls}]
    config = {"name": "m", "layers": layers, "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Functional", "config": config}
