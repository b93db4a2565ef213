"""The layers of a model with the arrays that are theirs, whatever the layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from saveguard.archive import owners, topology
from saveguard.facts import ArchiveFacts, StoredArray

Raw = Mapping[str, Any]
_DEEPEST = 32
# The order in which Keras's layers create their variables, by what those are called.
_CREATED = (
    "embeddings",
    "depthwise_kernel",
    "pointwise_kernel",
    "kernel",
    "recurrent_kernel",
    "gamma",
    "beta",
    "bias",
    "moving_mean",
    "moving_variance",
)
# The order in which layers of several parts build them, by how the parts' names begin.
_PARTS = ("forward", "query", "key", "value", "backward", "attention_output", "output")
_NUMBER = re.compile(r"(\d+)")


class Layer(NamedTuple):
    """One layer of a model.

    Attributes:
        path: Its name, behind the names of the models that hold it: `encoder/dense`.
        raw: Its dictionary in the configuration.
        depth: How many models hold it, the outermost not counted.
        arrays: Its weights in the order of their creation; a model's are those of its layers.
    """

    path: str
    raw: Raw
    depth: int
    arrays: tuple[StoredArray, ...]


def layers(facts: ArchiveFacts) -> tuple[Layer, ...]:
    """Every layer that the configuration names, models before their own layers."""
    root = topology.root(facts.nodes)
    if root is None:
        return ()
    raws = list(_walk(root.raw, "", 0))
    held = _held(facts, [(path, bool(topology.layers(raw))) for path, raw, _ in raws])
    found = []
    for path, raw, depth in raws:
        mine = [held.get(path, ())]
        if topology.layers(raw):
            mine = [arrays for key, arrays in held.items() if key.startswith(f"{path}/")]
        found.append(Layer(path, raw, depth, tuple(one for arrays in mine for one in arrays)))
    return tuple(found)


def weights(facts: ArchiveFacts) -> tuple[StoredArray, ...]:
    """The arrays that are a model's weights, each variable once."""
    found = [one for one in facts.arrays if one.role == "weight"]
    if facts.layout != "savedmodel":
        return tuple(found)
    # What `Model.export` writes names the same variables twice.
    once = [one for one in found if not one.path.startswith("_all_variables/")]
    return tuple(once or found)


def variable_names(facts: ArchiveFacts) -> Mapping[str, str]:
    """The names of the variables behind the keys of a SavedModel's arrays."""
    document = facts.documents.get("saved_model.pb")
    names = document.get("variables") if isinstance(document, dict) else None
    return names if isinstance(names, dict) else {}


def _walk(model: Raw, before: str, depth: int) -> Iterator[tuple[str, Raw, int]]:
    for layer in topology.layers(model):
        path = f"{before}{topology.name(layer)}"
        yield path, layer, depth
        if depth < _DEEPEST:
            yield from _walk(layer, f"{path}/", depth + 1)


def _held(facts: ArchiveFacts, paths: list[tuple[str, bool]]) -> dict[str, tuple[StoredArray, ...]]:
    """The weights of each layer that is no model, in the order of their creation."""
    if facts.layout in ("keras", "folder"):
        return _by_place(facts)
    leaves = [path for path, is_model in paths if not is_model]
    held: dict[str, list[StoredArray]] = {path: [] for path in leaves}
    by_name = {path.rpartition("/")[2]: path for path in leaves}
    names = variable_names(facts)
    for array in weights(facts):
        told = names.get(array.path, array.path).removeprefix("model_weights/")
        owner = _owner(told.split("/")[:-1], held, by_name)
        if owner is not None:
            held[owner].append(array)
    places = _places(facts)
    return {
        path: tuple(sorted(arrays, key=lambda one: _created(one, places, names)))
        for path, arrays in held.items()
    }


def _owner(parts: list[str], held: Mapping[str, Any], by_name: Mapping[str, str]) -> str | None:
    """The layer that the name of a variable, `encoder/dense/kernel`, begins with."""
    for end in range(len(parts), 0, -1):  # the name of a layer may have a slash itself
        if "/".join(parts[:end]) in held:
            return "/".join(parts[:end])
    # Keras 2 leaves the name of a model within the model out of the variables' names.
    return next((by_name[part] for part in parts if part in by_name), None)


def _by_place(facts: ArchiveFacts) -> dict[str, tuple[StoredArray, ...]]:
    """The weights of each layer by its place among those of its class, as Keras 3 stores them.

    `layers/dense_1` holds those of the second Dense layer, whatever it is called.
    Source: `_save_container_state` in keras/src/saving/saving_lib.py.
    """
    root = topology.root(facts.nodes)
    if root is None:
        return {}
    groups = dict(_groups(root.raw, "", "layers", 0))
    held: dict[str, list[StoredArray]] = {path: [] for path in groups.values()}
    for array in weights(facts):
        parts = array.path.split("/")
        places = ("/".join(parts[:end]) for end in range(2, len(parts)))
        group = next((place for place in places if place in groups), None)
        if group is not None:
            held[groups[group]].append(array)
    return {
        path: tuple(sorted(held[path], key=lambda one: _by_number(one.path.removeprefix(group))))
        for group, path in groups.items()
    }


def _groups(model: Raw, before: str, folder: str, depth: int) -> Iterator[tuple[str, str]]:
    """The group of each layer that is no model, with the layer's path."""
    inside = topology.layers(model)
    names = (str(layer.get("class_name", "")) for layer in inside)
    for layer, group in zip(inside, owners.groups(names, folder), strict=True):
        path = f"{before}{topology.name(layer)}"
        if topology.layers(layer) and depth < _DEEPEST:
            yield from _groups(layer, f"{path}/", f"{group}/layers", depth + 1)
        else:
            yield group, path


def _places(facts: ArchiveFacts) -> dict[str, int]:
    """The place of each array in the list of names that an `.h5` keeps for its group."""
    listed = facts.documents.get("@weight_names")
    groups = listed.items() if isinstance(listed, dict) else ()
    return {
        f"{group}/{name}".lstrip("/"): place
        for group, names in groups
        for place, name in enumerate(names)
    }


def _created(
    array: StoredArray, places: Mapping[str, int], names: Mapping[str, str]
) -> tuple[int, int, int, str]:
    name = names.get(array.path, array.path)
    leaf = name.rpartition("/")[2].partition(":")[0]
    rank = _CREATED.index(leaf) if leaf in _CREATED else len(_CREATED)
    place = places.get(array.path, -1)
    return place, _part(name) if place < 0 else 0, rank, name


def _by_number(path: str) -> tuple[int, list[tuple[int, str]]]:
    """`vars/2` comes before `vars/10`, and the parts in the order in which they are built."""
    numbers = [(int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(path)]
    return _part(path), numbers


def _part(path: str) -> int:
    ranks = (
        rank
        for part in path.split("/")[1:-1]
        for rank, begins in enumerate(_PARTS)
        if part.lstrip("_").startswith(begins)
    )
    return next(ranks, 0)
