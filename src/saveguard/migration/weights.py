"""The old archive's arrays become the new model's weights, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from saveguard.archive import values
from saveguard.facts import StoredArray
from saveguard.migration.conversions import Array, converted
from saveguard.migration.plan import Plan
from saveguard.migration.tree import Carry


class Misfit(Exception):
    """Arrays of the file that do not fit the layer that they belong to."""


def assign(model: Any, plan: Plan) -> None:
    """Give every layer of `model` its arrays; no more of them in memory than one layer's.

    Raises:
        Misfit: If a layer has other weights than the file holds for it.
    """
    if plan.source.layout in ("keras", "folder"):
        from saveguard.migration import placed

        placed.assign(model, plan)
        return
    arrays = dict(plan.source.arrays)
    pooled: dict[str, list[Carry]] = {}
    for carry in plan.carries:
        pool = pool_of(carry.origin, arrays)
        if pool is not None:
            pooled.setdefault(pool, []).append(carry)
            continue
        layer, held = layer_at(model, carry.layer), arrays.get(carry.origin, ())
        if hasattr(layer, "summary") and len(held) == 1:  # Discretization, which has no variables
            layer.summary = read(held[0])
        else:
            _give(carry.layer, weights_of(layer), held, carry.conversions)
        if held and hasattr(layer, "finalize_state"):  # it computes with what it makes of them
            layer.finalize_state()
    for path, carries in pooled.items():
        if any(carry.conversions for carry in carries):
            raise Misfit(f"`{path}`: the arrays in the file do not tell which layer they are of")
        _give(path, _in_order(model, carries), arrays[path], ())


def layer_at(model: Any, path: str) -> Any:
    """The layer at a path, `encoder/dense`; names may hold slashes themselves."""
    for layer in model.layers:
        if layer.name == path:
            return layer
        if path.startswith(f"{layer.name}/") and hasattr(layer, "layers"):
            return layer_at(layer, path[len(layer.name) + 1 :])
    raise KeyError(path)


def weights_of(layer: Any) -> list[Any]:
    """Its variables as files list them: the trainable ones first; states of seeds are in none."""
    found = [*layer.trainable_weights, *layer.non_trainable_weights]
    return [one for one in found if "seed_generator" not in one.path]


def _in_order(model: Any, carries: list[Carry]) -> list[Any]:
    """The variables of several layers as a model of Keras 2 lists them."""
    layers = [layer_at(model, carry.layer) for carry in carries]
    first = [one for layer in layers for one in layer.trainable_weights]
    return first + [one for layer in layers for one in layer.non_trainable_weights
                    if "seed_generator" not in one.path]  # fmt: skip


def pool_of(path: str, arrays: Collection[str]) -> str | None:
    """Under which of its models the file has a layer's arrays, where it has them not by layer."""
    return next((above for above in _above(path) if above in arrays), None)


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")
    for end in range(len(parts) - 1, 0, -1):
        yield "/".join(parts[:end]) + "/"


def _give(
    path: str, variables: list[Any], stored: tuple[StoredArray, ...], names: tuple[str, ...]
) -> None:
    if names or len(stored) != len(variables):
        arrays = converted(names, [read(array) for array in stored])
        if len(arrays) != len(variables):
            raise Misfit(f"`{path}` has {len(variables)} weights and the file {len(arrays)}")
        for variable, array in zip(variables, arrays, strict=True):
            _set(path, variable, array)
        return
    for variable, one in zip(variables, stored, strict=True):
        _set(path, variable, read(one))  # an array each, so that only one is in memory


def _set(path: str, variable: Any, array: Array) -> None:
    if array.ndim == 2 and len(variable.shape) > 2 and variable.path.endswith("patches/kernel"):
        array = array.reshape(variable.shape)  # of `locally-connected`
    if tuple(variable.shape) != array.shape:
        raise Misfit(f"`{path}`: {variable.path} is {tuple(variable.shape)}, in the file"
                     f" {array.shape}")  # fmt: skip
    variable.assign(array)


def read(array: StoredArray) -> Array:
    """The values of a stored array, in one piece."""
    pieces = list(values.blocks(array, size=1 << 62 if array.offset >= 0 else 4 << 20))
    whole = pieces[0] if len(pieces) == 1 else np.concatenate(pieces) if pieces else np.zeros(0)
    if whole.size != array.count:
        raise Misfit(f"{array.path} holds {whole.size} values and not {array.count}")
    return whole.reshape(array.shape)
