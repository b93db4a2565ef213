"""What a SavedModel's graph fills its tables with, where the checkpoint does not have it.

A table that never changes (a StringLookup's, from TensorFlow 2.6 on) is an object with a function
that fills it; the function is bound to constants of the main graph, the keys before the values. No
operation is run: the chain is followed by names. The definitions: saved_object_graph.proto,
graph.proto and tensor.proto of TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.archive import bundle
from saveguard.archive.budget import BUDGET, Budget
from saveguard.archive.folder import opened
from saveguard.archive.savedmodel import GRAPH
from saveguard.archive.wire import Field, Wire, signed, varint

Values = list[Any]
_FILLING = "_initialize"
_INT32, _STRING, _INT64 = 3, 7, 9


def constants(folder: str, table: int, budget: Budget = BUDGET) -> tuple[Values, Values]:
    """The keys and the values of the table that is the object of this number; empty if not there.

    Raises:
        Damaged, OverBudget, OSError: As the readers of the files say.
    """
    with opened(folder, GRAPH) as source:
        wire = Wire(source.upto, source.size, most=budget.fields)
        meta = next(wire.messages(2), None)
        objects = None if meta is None else next(wire.messages(7, *meta[1:]), None)
        if meta is None or objects is None:
            return [], []
        names = list(_bound(wire, objects, table))
        found = _named(wire, meta, set(names), budget)
    held = [found[name] for name in names if name in found]
    return (held[0], held[1]) if len(held) == 2 else ([], [])


def _bound(wire: Wire, objects: Field, table: int) -> Iterator[str]:
    """The operations whose constants the function that fills a table is bound to, in order."""
    nodes = list(wire.messages(1, *objects[1:]))
    filling = bundle.children(wire, nodes[table]).get(_FILLING, -1) if table < len(nodes) else -1
    if not 0 <= filling < len(nodes):
        return
    names = {wire.text(name) for function in wire.messages(6, *nodes[filling][1:])
             for name in wire.messages(1, *function[1:])}  # fmt: skip
    for entry in list(wire.messages(2, *objects[1:])):
        key, value = _entry(wire, entry)
        if key in names and value is not None:
            for number in _numbers(wire, value, 2):
                for constant in wire.messages(9, *nodes[number][1:]) if number < len(nodes) else ():
                    yield from (wire.text(one) for one in wire.messages(1, *constant[1:]))
            return


def _entry(wire: Wire, entry: Field) -> tuple[str, Field | None]:
    """A key of a map with its value."""
    held = {field.number: field for field in wire.fields(*entry[1:])}
    return wire.text(held[1]) if 1 in held else "", held.get(2)


def _numbers(wire: Wire, message: Field, number: int) -> Iterator[int]:
    """Whole numbers of a repeated field, packed or one by one."""
    for field in list(wire.fields(*message[1:])):
        if field.number == number and field.end < 0:
            yield field.value
        elif field.number == number:
            data, at = wire.data(field, BUDGET.document), 0
            while at < len(data):
                value, at = varint(data, at)
                yield value


def _named(wire: Wire, meta: Field, names: set[str], budget: Budget) -> dict[str, Values]:
    """The constants of the main graph with these names."""
    found: dict[str, Values] = {}
    graph = next(wire.messages(2, *meta[1:]), None)
    for node in wire.messages(1, *graph[1:]) if names and graph is not None else ():
        fields = list(wire.fields(*node[1:]))
        name = next((wire.text(field) for field in fields if field.number == 1), "")
        if name in names:
            attributes = dict(_entry(wire, field) for field in fields if field.number == 5)
            value = attributes.get("value")
            tensor = None if value is None else next(wire.messages(8, *value[1:]), None)
            if tensor is not None:
                found[name] = list(_tensor(wire, tensor, budget))
    return found


def _tensor(wire: Wire, tensor: Field, budget: Budget) -> Iterator[Any]:
    """The strings or whole numbers of a tensor."""
    fields = list(wire.fields(*tensor[1:]))
    dtype = next((field.value for field in fields if field.number == 1), 0)
    if dtype == _STRING:
        yield from (wire.text(field) for field in fields if field.number == 8)
    elif dtype in (_INT32, _INT64):
        kind = "<i4" if dtype == _INT32 else "<i8"
        for field in fields:
            if field.number == 4:
                yield from np.frombuffer(wire.data(field, budget.document), kind).tolist()
        yield from (signed(one) for one in _numbers(wire, tensor, 7 if dtype == _INT32 else 10))
