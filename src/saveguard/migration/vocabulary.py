"""Vocabularies that a SavedModel keeps in tables, put into the configurations of their layers.

A StringLookup, IntegerLookup or TextVectorization that was adapted has its vocabulary in a table
of the checkpoint, as keys with their indices, and `vocabulary: null` in its configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saveguard.archive import bundle, topology
from saveguard.archive.budget import UNREADABLE
from saveguard.archive.objects import Saved
from saveguard.archive.values import blocks
from saveguard.facts import ArchiveFacts

_LOOKUPS = {"StringLookup", "IntegerLookup", "TextVectorization"}
_TABLE = "/.ATTRIBUTES/table"
# The classes that stood for what is in a table before every token, as they are written.
_SPECIAL = {"", "[UNK]", 0, -1}


def fill(facts: ArchiveFacts, model: Any, saved: Sequence[Saved]) -> None:
    """Give the lookup layers of a model's dictionary the vocabularies in their tables."""
    for layer in topology.layers(model):
        fill(facts, layer, saved)
        config = layer.get("config")
        if layer.get("class_name") not in _LOOKUPS or not isinstance(config, dict):
            continue
        number = _number(saved, topology.name(layer))
        if config.get("vocabulary") or number is None:
            continue
        found = _vocabulary(facts, next(_tables(saved, number, set()), ""))
        if found:
            config["vocabulary"] = found


def _number(saved: Sequence[Saved], name: str) -> int | None:
    named = (n for n, one in enumerate(saved) if one.told.get("name") == name)
    return next((n for n in named if saved[n].told.get("class_name") in _LOOKUPS), None)


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
