"""Which layers, and which arrays, of two saved models are the same ones."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from saveguard.archive import topology
from saveguard.examine.layers import Layer, layers, variable_names
from saveguard.facts import ArchiveFacts, StoredArray

Raw = Mapping[str, Any]
_ROLES = ("weight", "optimizer", "seed", "other")
_NUMBERED = re.compile(r"_\d+$")
# The object graph of a checkpoint is a string that says where its arrays are.
_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


class Pair(NamedTuple):
    """An array of the first file, of the second, or the same one of both."""

    before: StoredArray | None
    after: StoredArray | None
    layer: str = ""


def same_layers(before: list[Raw], after: list[Raw]) -> list[tuple[Raw | None, Raw | None]]:
    """The layers of two models in pairs, in the order of the first and then of the second.

    Layers are the same by their names. Names that Keras gave by counting (`dense_3`) depend on
    what was built before; layers of one class that are left with such names are the same by their
    order.
    """
    left = {topology.name(layer): layer for layer in after}
    found: dict[int, Raw] = {}
    for at, layer in enumerate(before):
        if topology.name(layer) in left:
            found[at] = left.pop(topology.name(layer))
    alike: dict[tuple[str, str], list[str]] = {}
    for name, layer in left.items():
        alike.setdefault(_counted(layer), []).append(name)
    for at, layer in enumerate(before):
        names = alike.get(_counted(layer), [])
        if at not in found and names:
            found[at] = left.pop(names.pop(0))
    pairs: list[tuple[Raw | None, Raw | None]] = [
        (layer, found.get(at)) for at, layer in enumerate(before)
    ]
    return pairs + [(None, layer) for layer in left.values()]


def _counted(layer: Raw) -> tuple[str, str]:
    """What layers named by counting have in common: their class, and how the name begins."""
    return str(layer.get("class_name")), _NUMBERED.sub("", topology.name(layer))


def same_arrays(before: ArchiveFacts, after: ArchiveFacts) -> tuple[list[Pair], list[str]]:
    """The arrays of two files in pairs, and what cannot be paired."""
    pairs = list(_sure(list(_by_layer(before, after)), before, after))
    paired = {id(one) for pair in pairs for one in pair[:2]}
    rest = [
        {_path(one): one for one in facts.arrays if id(one) not in paired and _counts(one)}
        for facts in (before, after)
    ]
    alike = _family(before) == _family(after) or bool(rest[0].keys() & rest[1].keys())
    if not alike:
        told = [
            f"{role} arrays: the files do not tell which of them are the same"
            for role in _ROLES[:2]
            if any(one.role == role for facts in rest for one in facts.values())
        ]
        return pairs, told
    paths = {**rest[0], **rest[1]}
    return [*pairs, *(Pair(rest[0].get(path), rest[1].get(path)) for path in paths)], []


def _sure(pairs: list[Pair], before: ArchiveFacts, after: ArchiveFacts) -> Iterator[Pair]:
    """The pairs without those whose other half may lie, unrecognised, under the same layer.

    Keras 3.0 left the names of layers within models out of an `.h5`.
    """
    paired = {id(one) for pair in pairs for one in pair[:2]}
    left = [
        {
            _path(one).partition("/")[0]
            for one in facts.arrays
            if one.role == "weight" and id(one) not in paired
        }
        for facts in (before, after)
    ]
    for pair in pairs:
        outermost = pair.layer.partition("/")[0]
        missing = [at for at, one in enumerate(pair[:2]) if one is None]
        if not any(outermost in left[at] for at in missing):
            yield pair


def _family(facts: ArchiveFacts) -> str:
    return "keras" if facts.layout == "folder" else facts.layout


def _counts(array: StoredArray) -> bool:
    return array.role in _ROLES and array.path != _GRAPH


def _path(array: StoredArray) -> str:
    return array.path.removeprefix("model_weights/")


def _by_layer(before: ArchiveFacts, after: ArchiveFacts) -> Iterator[Pair]:
    """The weights that layers of both files own."""
    roots = topology.root(before.nodes), topology.root(after.nodes)
    if roots[0] is None or roots[1] is None:
        return
    held = [{layer.path: layer for layer in layers(facts)} for facts in (before, after)]
    if not all(any(layer.arrays for layer in side.values()) for side in held):
        return
    for one, other in _walk(roots[0].raw, roots[1].raw, ("", "")):
        yield from _zipped(held[0].get(one), held[1].get(other))


def _walk(one: Raw, other: Raw, inside: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """The paths of the layers that are no models, in pairs; empty where there is none."""
    for first, second in same_layers(topology.layers(one), topology.layers(other)):
        paths = tuple(
            f"{folder}{topology.name(layer)}" if layer is not None else ""
            for folder, layer in zip(inside, (first, second), strict=True)
        )
        if topology.layers(first or {}) or topology.layers(second or {}):
            deeper = (f"{paths[0]}/", f"{paths[1]}/")
            yield from _walk(first or {}, second or {}, deeper) if len(paths[0]) < 4096 else ()
        else:
            yield paths[0], paths[1]


def _zipped(one: Layer | None, other: Layer | None) -> Iterator[Pair]:
    """The arrays of a layer in the order of their creation, or, where that shows, by shape."""
    before = list(one.arrays) if one is not None else []
    after = list(other.arrays) if other is not None else []
    path = one.path if one is not None else other.path if other is not None else ""
    if [array.shape for array in before] == [array.shape for array in after]:
        yield from (Pair(*both, path) for both in zip(before, after, strict=True))
        return
    # Otherwise something is there on one side alone; what has the same shape is the same.
    for array in list(before):
        same = next((one for one in after if one.shape == array.shape), None)
        if same is not None:
            before.remove(array)
            after.remove(same)
            yield Pair(array, same, path)
    alike = len(before) == len(after)
    for first, second in itertools.zip_longest(before, after):
        yield from [Pair(first, second, path)] if alike else _alone(first, second, path)


def _alone(first: StoredArray | None, second: StoredArray | None, path: str) -> Iterator[Pair]:
    if first is not None:
        yield Pair(first, None, path)
    if second is not None:
        yield Pair(None, second, path)


def told(facts: ArchiveFacts, array: StoredArray) -> str:
    """The name of an array that says most: of a SavedModel, its variable's."""
    return variable_names(facts).get(array.path, array.path)
