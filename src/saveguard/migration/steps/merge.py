"""The layer Merge of Keras 1.

## Recognises

`Merge` with a mode `sum`, `mul`, `concat`, `ave`, `max` or `dot`; a Sequential model that
begins with a Merge of other models.

## Rewrites

Add, Multiply, Concatenate, Average, Maximum or Dot; the Sequential model becomes a Functional
one, into which the merged models are laid out.

## Why

Keras 2.0 has a layer for each mode, and removed the one that held models.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/1.2.2/keras/engine/topology.py (Merge)
- https://github.com/keras-team/keras/blob/1.2.2/keras/models.py (Sequential.flattened_layers)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step

_MODES = {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average",
          "max": "Maximum", "dot": "Dot"}  # fmt: skip


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers >= (3,):
        return
    layers = settings(node).get("layers")
    if node.class_name == "Sequential" and layers and layers[0].get("class_name") == "Merge":
        raw: Raw = node.raw  # type: ignore[assignment]
        if _known(layers[0]):
            raw.update(_laid_out(raw))
            yield "the merged models are laid out in one Functional model"
    elif node.class_name == "Merge" and _known(node.raw) and node.raw.get("inbound_nodes"):  # type: ignore[arg-type]
        mode = settings(node)["mode"]
        node.raw.update(_merging(node.raw))  # type: ignore[attr-defined,arg-type]
        yield f"Merge of mode {mode} is {_MODES[mode]}"


def _known(merge: Raw) -> bool:
    return (merge.get("config") or {}).get("mode") in _MODES


def _merging(merge: Raw) -> Raw:
    """The layer of today for a Merge."""
    held = merge["config"]
    kind, name = _MODES[held["mode"]], str(held.get("name") or merge.get("name"))
    config = {"Concatenate": {"axis": held.get("concat_axis", -1)},
              "Dot": {"axes": _axes(held.get("dot_axes", -1))}}  # fmt: skip
    return made(kind, name, **config.get(kind, {}))


def _axes(axes: Any) -> Any:
    if isinstance(axes, list):
        return [one[0] if isinstance(one, list) else one for one in axes]
    return axes


def _laid_out(model: Raw) -> Raw:
    """A Functional model of a Sequential one that begins with a Merge."""
    placed: list[Raw] = []
    entries: list[str] = []
    end = _chain(model["config"]["layers"], placed, entries)
    config = {
        "name": model["config"].get("name", "model"),
        "layers": placed,
        "input_layers": [[name, 0, 0] for name in entries],
        "output_layers": [[end, 0, 0]],
    }
    return {"class_name": "Functional", "config": config}


def _chain(layers: list[Raw], placed: list[Raw], entries: list[str]) -> str:
    """Lay layers out one after the other; the name of the last."""
    last = ""
    for layer in layers:
        held = layer.get("config")
        inner = held.get("layers") if isinstance(held, dict) else held
        if layer.get("class_name") == "Merge" and isinstance(held, dict):
            ends = [_chain([branch], placed, entries) for branch in held["layers"]]
            last = _place(layer | _merging(layer), ends, placed)
        elif layer.get("class_name") == "Sequential" and isinstance(inner, list):
            last = _chain(inner if not last else [_after(last), *inner], placed, entries)
        elif layer.get("class_name") == "@after":
            last = layer["name"]
        else:
            last = _place(layer, [last or _entry(layer, placed, entries)], placed)
    return last


def _after(name: str) -> Raw:
    """Where a model within the chain goes on."""
    return {"class_name": "@after", "name": name}


def _entry(layer: Raw, placed: list[Raw], entries: list[str]) -> str:
    held = layer["config"]
    if layer.get("class_name") == "InputLayer":
        placed.append(layer | {"name": held["name"], "inbound_nodes": []})
        entries.append(held["name"])
        return str(held["name"])
    name = f"{held['name']}_input"
    shape = held.get("batch_input_shape")
    dtype = held.get("input_dtype") or "float32"
    placed.append(made("InputLayer", name, batch_shape=shape, dtype=dtype) | {"inbound_nodes": []})
    entries.append(name)
    return name


def _place(layer: Raw, sources: list[str], placed: list[Raw]) -> str:
    name = str(layer["config"]["name"])
    if layer.get("class_name") == "InputLayer":
        return name
    tensors = [[source, 0, 0, {}] for source in sources]
    placed.append(layer | {"name": name, "inbound_nodes": [tensors]})
    return name


step = Step(
    name="merge",
    rewrite=_rewrite,
    changed="2.0",
    source="https://github.com/keras-team/keras/blob/1.2.2/keras/engine/topology.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """A sum."""
    return made("Merge", "merge", mode="sum") | {
        "inbound_nodes": [{"args": [[wiring.tensor("a"), wiring.tensor("b")]], "kwargs": {}}]
    }


def good() -> Any:
    """A sum of today."""
    return made("Add", "add") | {
        "inbound_nodes": [{"args": [[wiring.tensor("a"), wiring.tensor("b")]], "kwargs": {}}]
    }
