"""The objects of a SavedModel: how they hang together, and where the values of each one lie.

`saved_model.pb` has a graph of the objects that were saved, `keras_metadata.pb` what Keras said of
them, and the checkpoint a graph of its own, with the key of each value. The two graphs number their
objects differently; what an object is called by the one that holds it is the same in both.
The definitions: saved_object_graph.proto and trackable_object_graph.proto in
tensorflow/core/protobuf.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from saveguard.archive import bundle
from saveguard.archive.budget import BUDGET, Budget
from saveguard.archive.folder import opened
from saveguard.archive.savedmodel import GRAPH, METADATA
from saveguard.archive.wire import Field, Wire
from saveguard.facts import Frozen

_KERAS = "_tf_keras_"


class Saved(Frozen, frozen=True):
    """One object of a SavedModel.

    Attributes:
        children: The numbers of the objects that it holds, by what it calls them.
        told: What Keras wrote of it; empty where it wrote nothing.
        variable: The name of the variable that it is; empty where it is none.
        key: The key of its value in the checkpoint; empty where it has none.
    """

    children: Mapping[str, int]
    told: Mapping[str, Any]
    variable: str = ""
    key: str = ""


class _Node:
    def __init__(self) -> None:
        self.children: dict[str, int] = {}
        self.variable = self.key = self.metadata = ""


def read(folder: str, budget: Budget = BUDGET) -> tuple[Saved, ...]:
    """The objects of a SavedModel by number, the model itself first; empty where it tells none.

    Raises:
        Damaged, OverBudget, OSError: As the readers of the files say.
    """
    with opened(folder, GRAPH) as source:
        wire = Wire(source.upto, source.size, most=budget.fields)
        graph = next(wire.messages(2), None)
        objects = None if graph is None else next(wire.messages(7, *graph[1:]), None)
        nodes = (
            []
            if objects is None
            else [_saved(wire, one, budget) for one in list(wire.messages(1, *objects[1:]))]
        )
    if os.path.lexists(os.path.join(folder, METADATA)):
        _describe(folder, nodes, budget)
    if os.path.lexists(os.path.join(folder, bundle.INDEX)):
        _give_keys(nodes, bundle.objects(folder, budget))
    return tuple(
        Saved(
            children=node.children,
            told=_parsed(node.metadata),
            variable=node.variable,
            key=node.key,
        )
        for node in nodes
    )


def _saved(wire: Wire, message: Field, budget: Budget) -> _Node:
    """One object of `saved_model.pb`."""
    node = _Node()
    node.children = bundle.children(wire, message)
    for part in wire.fields(*message[1:]):
        if part.number == 7 and part.end >= 0:
            texts = [f for f in wire.fields(*part[1:]) if f.number == 6 and f.end >= 0]
            node.variable = "".join(wire.text(field) for field in texts)
        elif part.number == 4 and part.end >= 0:
            node.metadata = _metadata(wire, part, budget, 1, 3)
    return node


def _metadata(wire: Wire, message: Field, budget: Budget, kind: int, text: int) -> str:
    """What Keras wrote of an object: the text of this number, where `kind` says it is Keras's."""
    held = {field.number: field for field in wire.fields(*message[1:]) if field.end >= 0}
    if text not in held or kind not in held or not wire.text(held[kind]).startswith(_KERAS):
        return ""
    return wire.text(held[text], budget.document)


def _describe(folder: str, nodes: list[_Node], budget: Budget) -> None:
    """Add what `keras_metadata.pb` says, which names objects by number."""
    with opened(folder, METADATA) as source:
        wire = Wire(source.upto, source.size, most=budget.fields)
        for message in wire.messages(1):
            numbers = [f.value for f in wire.fields(*message[1:]) if f.number == 2 and f.end < 0]
            number = numbers[-1] if numbers else 0
            if number < len(nodes):
                nodes[number].metadata = _metadata(wire, message, budget, 4, 5)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text) if text else {}
    except ValueError:  # the facts of the archive tell it as not read
        return {}
    return told if isinstance(told, dict) else {}


def _give_keys(nodes: list[_Node], checkpoint: tuple[bundle.Object, ...]) -> None:
    """Walk both graphs from the model on, by what objects call their children."""
    ahead = [(0, 0)]
    seen: set[int] = set()
    while ahead:
        here, there = ahead.pop()
        if here in seen or here >= len(nodes) or there >= len(checkpoint):
            continue
        seen.add(here)
        node, held = nodes[here], checkpoint[there].children
        node.key = checkpoint[there].key
        ahead += [(node.children[name], held[name]) for name in node.children if name in held]
