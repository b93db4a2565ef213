"""The arrays of each layer of an old archive, in the order in which the file holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from saveguard.archive import topology
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.migration import tree

Arrays = tuple[StoredArray, ...]


def by_layer(facts: ArchiveFacts, model: Mapping[str, Any]) -> dict[str, Arrays]:
    """The weights in an `.h5` file by the path of the layer that they belong to.

    Those of a model in the model are its layers' where their names tell; else they are under its
    path with a slash behind, the trainable weights of all its layers first.

    A `.keras` file is read by place, when the model has been built.
    """
    if facts.layout != "h5":
        return {}
    groups = _groups(facts)
    layers = topology.layers(model)
    names = _names(facts, layers)
    found: dict[str, Arrays] = {}
    for layer, name in zip(layers, names, strict=True):
        path, arrays = topology.name(layer), groups.get(name, ())
        if name not in groups and topology.layers(layer):
            found.update(_flattened(path, layer, groups))
            continue
        inner = _spread(path, layer, arrays) if topology.layers(layer) else None
        if inner is None:
            pool = f"{path}/" if topology.layers(layer) else path
            inner = {pool: tuple(array for array, _ in arrays)}
        found.update(inner)
    return found


def _flattened(
    path: str, model: Mapping[str, Any], groups: Mapping[str, list[tuple[StoredArray, str]]]
) -> dict[str, Arrays]:
    """The arrays of a model in the model whose layers have groups of their own, as in Keras 1."""
    leaves = (one for one, layer in tree.layers(model, f"{path}/") if not topology.layers(layer))
    held = {leaf: groups.get(leaf.rpartition("/")[2], ()) for leaf in leaves}
    return {leaf: tuple(array for array, _ in arrays) for leaf, arrays in held.items()}


def _groups(facts: ArchiveFacts) -> dict[str, list[tuple[StoredArray, str]]]:
    """The arrays of each group with the names that the group's list gives them."""
    by_path = {array.path: array for array in facts.arrays}
    found: dict[str, list[tuple[StoredArray, str]]] = {}
    listed = facts.documents.get("@weight_names")
    for group, names in listed.items() if isinstance(listed, dict) else ():
        held = [(by_path.get(f"{group}/{name}"), name) for name in names]
        key = group.removeprefix("model_weights/")
        found[key] = [(array, name) for array, name in held if array is not None]
    return found


def _names(facts: ArchiveFacts, layers: list[Mapping[str, Any]]) -> list[str]:
    """The group of each layer: of its own name, or, where layers have none, of its place."""
    held = facts.documents.get("@layer_names")
    groups: list[str] = held if isinstance(held, list) else []
    names = [topology.name(layer) for layer in layers]
    inside = [n for n, layer in enumerate(layers) if layer.get("class_name") != "InputLayer"]
    if len(groups) < len(inside) or (any(name in groups for name in names if name) and all(names)):
        return names
    for place, group in zip(inside, groups[len(groups) - len(inside) :], strict=True):
        names[place] = names[place] if names[place] in groups else group
    return names


def _is_of(name: str, layer: str) -> bool:
    """Whether a variable is a layer's by its name: `dense/kernel:0`, or `dense_W:0` of Keras 1."""
    *parts, last = name.split("/")
    return layer in parts or (not parts and last.rpartition("_")[0] == layer)


def _spread(
    path: str, model: Mapping[str, Any], arrays: Iterable[tuple[StoredArray, str]]
) -> dict[str, Arrays] | None:
    """The arrays of a model in the model by layer; None where their names do not tell."""
    leaves = [one for one, layer in tree.layers(model, f"{path}/") if not topology.layers(layer)]
    found: dict[str, list[StoredArray]] = {}
    for array, name in arrays:
        fitting = [leaf for leaf in leaves if _is_of(name, leaf.rpartition("/")[2])]
        if len(fitting) != 1:
            return None
        found.setdefault(fitting[0], []).append(array)
    return {leaf: tuple(one) for leaf, one in found.items()}
