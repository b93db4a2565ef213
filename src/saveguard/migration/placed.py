"""The weights of a `.keras` file, which lie by place: `layers/dense_1/vars/0`.

Keras's own loader reads them, object by object: the whole model where it is as it was, else layer
by layer, each from the place that it had among those of its class. Assets come with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import h5py

from saveguard.archive import owners, topology
from saveguard.migration import store, weights
from saveguard.migration.conversions import converted
from saveguard.migration.plan import Plan

_DEEPEST = 32
_PRUNED = "pruned"


def assign(model: Any, plan: Plan) -> None:
    """Give `model` the weights and assets of the file.

    Raises:
        Misfit: If a layer has other weights than the file holds for it.
    """
    with store.stores(plan.source.path) as (arrays, assets):
        if plan.source.numbers >= (3,) or not plan.carries:
            _load(model, arrays, assets, "")
            return
        groups = dict(_groups(plan.source.model, "", "layers", 0))
        for carry in plan.carries:
            layer = weights.layer_at(model, carry.layer)
            group = groups[carry.origin]
            names = tuple(name for name in carry.conversions if name != _PRUNED)
            if _PRUNED in carry.conversions:
                group = f"{group}/layer"  # the masks lie beside it
            if names:
                _converted(layer, store.below(arrays.tree, group), names)
            else:
                _layer(layer, arrays, assets, group)


def _converted(layer: Any, group: Any, names: tuple[str, ...]) -> None:
    found = converted(names, [one[()] for one in _datasets(group)])
    for variable, array in zip(weights.weights_of(layer), found, strict=True):
        variable.assign(array)


def _layer(layer: Any, arrays: Any, assets: Any, group: str) -> None:
    """One layer's state, from where Keras 2 put it: parts that are private there are not here."""
    try:
        _load(layer, arrays, assets, group)
    except weights.Misfit:
        found = list(_datasets(store.below(arrays.tree, group)))
        variables = weights.weights_of(layer)
        shapes = [tuple(one.shape) for one in variables]
        if shapes != [one.shape for one in found]:
            raise
        for variable, one in zip(variables, found, strict=True):
            variable.assign(one[()])


def _datasets(group: Any) -> Iterator[Any]:
    """The arrays below a group, in the order in which layers of several parts build them."""
    parts = ("query", "key", "value", "attention_output", "output")

    def rank(name: str) -> tuple[int, int, str]:
        told = name.strip("_")
        known = next((n for n, part in enumerate(parts) if told.startswith(part)), 0)
        return known, int(name) if name.isdigit() else -1, name

    for name in sorted(group, key=rank):
        item = group[name]
        if isinstance(item, h5py.Dataset):
            yield item
        else:
            yield from _datasets(item)


def _load(part: Any, arrays: Any, assets: Any, place: str) -> None:
    from keras.src.saving import saving_lib

    failed: set[int] = set()
    told: dict[int, tuple[Any, Exception]] = {}
    saving_lib._load_state(
        part,
        weights_store=arrays,
        assets_store=assets,
        inner_path=place,
        visited_saveables=set(),
        failed_saveables=failed,
        error_msgs=told,
    )
    if failed:
        holder, error = next(iter(told.values()))
        name = getattr(holder, "name", type(holder).__name__)
        raise weights.Misfit(f"`{name}`: {' '.join(str(error).split())}")


def _groups(
    model: Mapping[str, Any], before: str, folder: str, depth: int
) -> Iterator[tuple[str, str]]:
    """The place of each layer that is no model, by its path in the configuration."""
    inside = topology.layers(model)
    names = (str(layer.get("class_name", "")) for layer in inside)
    for layer, group in zip(inside, owners.groups(names, folder), strict=True):
        path = f"{before}{topology.name(layer)}"
        if topology.layers(layer) and depth < _DEEPEST:
            yield from _groups(layer, f"{path}/", f"{group}/layers", depth + 1)
        else:
            yield path, group
