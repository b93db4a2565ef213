"""The calls of a Functional model's layers, as Keras 3 writes them.

A call is `{"args": [...], "kwargs": {...}}`; a tensor in it is a dictionary with a
`keras_history`: the layer that made it, which of its calls, and which of that call's outputs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

Raw = dict[str, Any]
MODELS = ("Model", "Functional", "Sequential")


def tensor(layer: str, call: int = 0, output: int = 0) -> Raw:
    """A tensor by its history. Its shape and dtype are found anew when the model is built."""
    config = {"shape": [None], "dtype": "float32", "keras_history": [layer, call, output]}
    return {"class_name": "__keras_tensor__", "config": config}


def history(value: Any) -> list[Any] | None:
    """The history of a tensor, to be changed in place; None of anything else."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        found = value["config"]["keras_history"]
        return found if isinstance(found, list) else None
    return None


def tensors(part: Any) -> Iterator[Raw]:
    """Every tensor in the arguments of calls, in order."""
    if history(part) is not None:
        yield part
    elif isinstance(part, (dict, list)):
        for value in part.values() if isinstance(part, dict) else part:
            yield from tensors(value)


def mapped(part: Any, change: Callable[[Raw], Any]) -> Any:
    """Arguments with every tensor replaced by what `change` gives for it."""
    if history(part) is not None:
        return change(part)
    if isinstance(part, dict):
        return {key: mapped(value, change) for key, value in part.items()}
    return [mapped(value, change) for value in part] if isinstance(part, list) else part


def ends(part: Any) -> Iterator[list[Any]]:
    """Every `[layer, call, output]` in a model's `input_layers` or `output_layers`."""
    if isinstance(part, list) and len(part) == 3 and isinstance(part[0], str):
        yield part
    elif isinstance(part, (dict, list)):
        for value in part.values() if isinstance(part, dict) else part:
            yield from ends(value)


def is_graph(raw: Raw) -> bool:
    """Whether a dictionary is a model whose layers call each other."""
    config = raw.get("config")
    return isinstance(config, dict) and "layers" in config and "output_layers" in config


def unused(wanted: str, taken: set[str]) -> str:
    """A name that no layer of the model has yet; it is taken from then on."""
    numbered = (f"{wanted}_{number}" for number in itertools.count(1))
    name = next(name for name in itertools.chain([wanted], numbered) if name not in taken)
    taken.add(name)
    return name


def names(model: Raw) -> set[str]:
    """The names of a model's layers."""
    return {layer["name"] for layer in model["config"]["layers"] if "name" in layer}


def redirect(model: Raw, old: str, new: str) -> None:
    """Have everything that takes what `old` gives take what `new` gives."""
    for layer in model["config"]["layers"]:
        for one in tensors(layer.get("inbound_nodes")):
            found = history(one)
            if found and found[0] == old:
                found[0] = new
    for end in ends(model["config"]["output_layers"]):
        if end[0] == old:
            end[0] = new
