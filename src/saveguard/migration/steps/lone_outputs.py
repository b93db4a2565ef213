"""A model in the model whose only output stands in a list.

## Recognises

`"output_layers": [["pooled", 0, 0]]` of a Functional model that is a layer, in a file of Keras 3.

## Rewrites

`"output_layers": ["pooled", 0, 0]`.

## Why

Until Keras 3.12 every model wrote its outputs as a list of lists, also one whose output is a
tensor; Keras 3.15.1 then gives a list of one tensor. In a Sequential the next layer takes that
list for a tensor with one more axis: it raises, or answers with another shape.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py (get_config)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.path == "$" or not wiring.is_graph(node.raw) or old.numbers < (3,):  # type: ignore[arg-type]
        return
    config: Raw = node.raw["config"]
    held = config["output_layers"]
    if isinstance(held, list) and len(held) == 1 and isinstance(held[0], list):
        config["output_layers"] = held[0]
        yield "its only output stands without a list"


step = Step(
    name="lone-outputs",
    rewrite=_rewrite,
    changed="3.13",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py",
    on=("model", "layer"),
)


def bad() -> Any:
    """A model in a Sequential, its output in a list."""
    return _model([["x", 0, 0]])


def good() -> Any:
    """The same without the list."""
    return _model(["x", 0, 0])


def _model(outputs: Any) -> Raw:
    entry = made("InputLayer", "x", batch_shape=[None, 4]) | {"inbound_nodes": []}
    config = {"name": "inner", "layers": [entry], "input_layers": [["x", 0, 0]]}
    return {
        "class_name": "Functional",
        "name": "inner",
        "config": config | {"output_layers": outputs},
    }
