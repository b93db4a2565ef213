"""Layers that no output of the model depends on.

## Recognises

AddLoss and AddMetric, which stand beside the way to the outputs, and operations of TensorFlow
that none of it reaches, such as the `tf.shape` of a length that is known otherwise.

## Rewrites

They are left out.

## Why

Keras 3 has no layer that adds a loss or metric by being in the graph. They were of training
alone: the outputs are the same, and further training goes without that loss.

## Result

Equal, for the outputs.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/engine/base_layer.py (AddLoss)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw
from saveguard.migration.step import Old, Step

_BESIDE = ("AddLoss", "AddMetric", "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if not wiring.is_graph(node.raw) or old.numbers >= (3,):  # type: ignore[arg-type]
        return
    config: Raw = node.raw["config"]
    reached = _reached(config)
    gone = [one for one in config["layers"] if one.get("name") not in reached and _is_beside(one)]
    for layer in gone:
        config["layers"].remove(layer)
        yield f"{layer.get('class_name')} `{layer.get('name')}` feeds no output"


def _is_beside(layer: Raw) -> bool:
    return layer.get("class_name") in _BESIDE or str(layer.get("module")).startswith(
        "keras.src.ops"
    )


def _reached(config: Raw) -> set[str]:
    """The layers that outputs depend on, over however many calls."""
    sources = {
        layer.get("name"): {
            history[0]
            for one in wiring.tensors(layer.get("inbound_nodes"))
            if (history := wiring.history(one))
        }
        for layer in config["layers"]
    }
    ahead = [end[0] for end in wiring.ends(config["output_layers"])]
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += sources.get(name, ())
    return found


step = Step(
    name="unreached",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v2.15.0/keras/engine/base_layer.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """A loss beside the output."""
    return _model(
        {"class_name": "AddLoss", "name": "loss", "config": {"name": "loss"}, "inbound_nodes": []}
    )


def good() -> Any:
    """An output alone."""
    return _model()


def _model(*layers: Raw) -> Raw:
    entry = {"class_name": "InputLayer", "name": "x", "config": {"name": "x"}, "inbound_nodes": []}
    ends = {"input_layers": ["x", 0, 0], "output_layers": ["x", 0, 0]}
    return {"class_name": "Functional", "config": {"layers": [entry, *layers], **ends}}
