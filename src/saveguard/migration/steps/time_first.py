"""Recurrent layers that take time before batch.

## Recognises

`time_major: true` of LSTM, GRU, SimpleRNN or RNN in a Functional model.

## Rewrites

An operation in front and one behind, which change the first two axes; the layer itself takes
batch before time.

## Why

Keras 3.0 removed the argument.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/rnn/base_rnn.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/rnn.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made, operation
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not wiring.is_graph(node.raw):  # type: ignore[arg-type]
        return
    model: Raw = node.raw  # type: ignore[assignment]
    for layer in list(model["config"]["layers"]):
        held = layer.get("config") or {}
        calls = layer.get("inbound_nodes") or ()
        if held.get("time_major") and len(calls) == 1 and not held.get("return_state"):
            del held["time_major"]
            _turn(model, layer)
            yield f"`{layer['name']}` takes batch before time, between two changes of axes"


def _turn(model: Raw, layer: Raw) -> None:
    layers, taken = model["config"]["layers"], wiring.names(model)
    before = wiring.unused(f"{layer['name']}_batch_first", taken)
    call = layer["inbound_nodes"][0]
    change = {"axis1": 0, "axis2": 1}
    first = operation("numpy", "Swapaxes", before, **change)
    inputs = {"args": call["args"][:1], "kwargs": {}}
    layers.insert(layers.index(layer), first | {"inbound_nodes": [inputs]})
    call["args"] = [wiring.tensor(before)]
    if layer["config"].get("return_sequences"):
        after = wiring.unused(f"{layer['name']}_time_first", taken)
        wiring.redirect(model, layer["name"], after)
        last = operation("numpy", "Swapaxes", after, **change)
        outputs = {"args": [wiring.tensor(layer["name"])], "kwargs": {}}
        layers.append(last | {"inbound_nodes": [outputs]})


step = Step(
    name="time-first",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/rnn/base_rnn.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """An LSTM over time."""
    return _model(True)


def good() -> Any:
    """An LSTM."""
    return _model(False)


def _model(first: bool) -> Raw:
    entry = made("InputLayer", "x", batch_shape=[5, None, 3]) | {"inbound_nodes": []}
    held = {"units": 2, "return_sequences": True} | ({"time_major": True} if first else {})
    call = {"args": [wiring.tensor("x")], "kwargs": {}}
    lstm = made("LSTM", "lstm", **held) | {"inbound_nodes": [call]}
    ends = {"input_layers": ["x", 0, 0], "output_layers": ["lstm", 0, 0]}
    return {"class_name": "Functional", "config": {"layers": [entry, lstm], **ends}}
