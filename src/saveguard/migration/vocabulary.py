"""Vocabularies that a SavedModel keeps in tables, put into the configurations of their layers.

A StringLookup, IntegerLookup or TextVectorization that was adapted has its vocabulary in a table
of the checkpoint, or in constants that its graph fills one with, as keys with their indices, and
`vocabulary: null` in its configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saveguard.archive import bundle, tables, topology
from saveguard.archive.budget import UNREADABLE
from saveguard.archive.objects import Saved
from saveguard.archive.values import blocks
from saveguard.facts import ArchiveFacts

LOOKUPS = {"StringLookup", "IntegerLookup", "TextVectorization"}
_TABLE = "/.ATTRIBUTES/table"
# The classes that stood for what is in a table before every token, as they are written.
_SPECIAL = {"", "[UNK]", 0, -1}


def fill(facts: ArchiveFacts, model: Any, saved: Sequence[Saved]) -> None:
    """Give the lookup layers of a model's dictionary the vocabularies in their tables."""
    for layer in topology.layers(model):
        fill(facts, layer, saved)
        config = layer.get("config")
        if layer.get("class_name") not in LOOKUPS or not isinstance(config, dict):
            continue
        number = _number(saved, topology.name(layer))
        if config.get("vocabulary") or number is None:
            continue
        found = _vocabulary(facts, next(_tables(saved, number, set()), "")) or _constant(
            facts, saved, number
        )
        if found:
            config["vocabulary"] = found
            _weigh(facts, config, saved, number, len(found))


def _number(saved: Sequence[Saved], name: str) -> int | None:
    named = (n for n, one in enumerate(saved) if one.told.get("name") == name)
    return next((n for n in named if saved[n].told.get("class_name") in LOOKUPS), None)


def _tables(saved: Sequence[Saved], number: int, seen: set[int]) -> Iterator[str]:
    """The keys of the tables that an object holds, itself or in the objects that it holds."""
    if number >= len(saved) or number in seen:
        return
    seen.add(number)
    key = saved[number].key
    if _TABLE in key:
        yield key.partition(_TABLE)[0]
    for child in saved[number].children.values():
        yield from _tables(saved, child, seen)


def _vocabulary(facts: ArchiveFacts, table: str) -> list[str] | list[int]:
    """The tokens of a table in the order of their indices, without those that stand for others."""
    keys = _held(facts, f"{table}{_TABLE}-keys") if table else []
    indices = _held(facts, f"{table}{_TABLE}-values") if table else []
    if indices and isinstance(indices[0], str):  # a table that leads back from indices
        keys, indices = indices, keys
    ordered = [key for _, key in sorted(zip(indices, keys, strict=False), key=lambda one: one[0])]
    begin = 0
    while begin < len(ordered) and ordered[begin] in _SPECIAL:
        begin += 1
    return ordered[begin:]


def _constant(facts: ArchiveFacts, saved: Sequence[Saved], number: int) -> list[Any]:
    """The tokens of a table that the graph fills, in the order of their indices."""
    table = _child(saved, number, "lookup_table")
    try:
        keys, indices = ([], []) if table is None else tables.constants(facts.path, table)
    except UNREADABLE:
        return []
    if indices and isinstance(indices[0], str):
        keys, indices = indices, keys
    if len(keys) != len(indices):
        return []
    return [key for _, key in sorted(zip(indices, keys, strict=True), key=lambda one: one[0])]


def _child(saved: Sequence[Saved], number: int, name: str) -> int | None:
    """What an object, or the lookup in it, holds under a name."""
    children = saved[number].children
    inner = children.get("_lookup_layer")
    found = children.get(name) if inner is None else saved[inner].children.get(name)
    return found if found is not None and found < len(saved) else None


def _weigh(
    facts: ArchiveFacts, config: dict[str, Any], saved: Sequence[Saved], number: int, count: int
) -> None:
    """Give a layer the weights of its tokens; those of unknown ones stand before them."""
    variable = _child(saved, number, "idf_weights")
    if config.get("output_mode") != "tf_idf" or config.get("idf_weights") or variable is None:
        return
    weights = _held(facts, saved[variable].key)
    begin = int(config.get("num_oov_indices", 1))
    if len(weights) >= begin + count:
        config["idf_weights"] = weights[begin : begin + count]


def _held(facts: ArchiveFacts, key: str) -> list[Any]:
    array = next((one for one in facts.arrays if one.path == key), None)
    if array is None:
        return []
    if array.offset >= 0:
        return [number for piece in blocks(array) for number in piece.tolist()]
    try:
        return bundle.texts(facts.path, key)
    except UNREADABLE:
        return []  # the layer then has none, and Keras says so


def filled(facts: ArchiveFacts, model: Mapping[str, Any], saved: Sequence[Saved]) -> dict[str, Any]:
    """A model's dictionary with its vocabularies."""
    from saveguard.migration.tree import copied

    found: dict[str, Any] = copied(model)
    fill(facts, found, saved)
    return found
