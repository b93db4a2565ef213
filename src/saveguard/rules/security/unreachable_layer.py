"""A layer of a functional model feeds none of its outputs, but is called while it is rebuilt.

## What happens

Keras calls every layer of a file while it rebuilds the model, with the arguments in the file. A
layer that feeds nothing does nothing for the model; its call is all that there is to it.

## Why

Keras 3 stores the layers on the way from inputs to outputs, and no others. A dead layer is how an
attack has a function called without touching the model.

## Fix

Look at the layer and its arguments:

    saveguard inspect m.keras --config

Save the model anew from the code that made it.

## Seen in

- Keras 3.15.1: no message; the call happens in safe mode as well.

## References

- https://github.com/keras-team/keras/pull/23654
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards

rule = Rule("SG315", "unreachable-layer", since="0.1")

# Layers of `add_loss` and `add_metric` in the `.keras` files of Keras 2; Keras 3 has neither.
_ENDS = ("AddLoss", "AddMetric")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    if facts.layout not in ("keras", "folder"):
        return  # Keras 2 stored layers of `add_loss`, which feed no output
    for node in facts.nodes:
        for name, index in _dead(node) if "output_layers" in node.config else ():
            yield rule.finding(
                where=f"{node.document} {node.path}.config.layers[{index}]",
                message=f"layer `{name}` of `{node.name}` feeds no output, and is called",
                why="Keras 3 stores only layers that lead to an output. "
                + guards.open_to_all(facts, "calls it with what the file says"),
                fix="saveguard inspect --config shows it; save the model anew from its code",
                certainty="likely",
            )


def _dead(model: Node) -> Iterator[tuple[str, int]]:
    """Name and index of every layer that is called and leads to none of the model's outputs."""
    layers = model.config.get("layers")
    found = [one for one in layers if isinstance(one, dict)] if isinstance(layers, list) else []
    sources = {str(layer.get("name")): set(_names(layer.get("inbound_nodes"))) for layer in found}
    reached: set[str] = set()
    ends = [str(layer.get("name")) for layer in found if layer.get("class_name") in _ENDS]
    ahead = [name for name in _names(model.config["output_layers"]) if name in sources] + ends
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += sources[name] & sources.keys()
    for index, layer in enumerate(found):
        if layer.get("inbound_nodes") and str(layer.get("name")) not in reached:
            yield str(layer.get("name")), index


def _names(value: Any) -> Iterator[str]:
    """The first text of every list: a layer's name, in references of any form."""
    ahead = [value]
    while ahead:
        item = ahead.pop()
        if isinstance(item, Mapping):
            ahead += item.values()
        elif isinstance(item, list):
            if item and isinstance(item[0], str):
                yield item[0]
            ahead += item


def bad(tmp: Path) -> Call:
    """A layer that is called on a literal and feeds nothing."""
    from saveguard.rules.forged import functional, keras_file, node

    dead = node("Rescaling", {"name": "dead", "scale": 1.0, "offset": 0.0})
    wiring = [{"args": [[[1.0, 2.0, 3.0]]], "kwargs": {}}]
    graph = functional({**dead, "name": "dead", "inbound_nodes": wiring})
    return Call("check", (keras_file(tmp, graph),))


def good(tmp: Path) -> Call:
    """The same model without it."""
    from saveguard.rules.forged import functional, keras_file

    return Call("check", (keras_file(tmp, functional()),))
