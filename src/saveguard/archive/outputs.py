"""The outputs of a saved model, each with its loss, read from its configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from saveguard.archive import steps, topology
from saveguard.facts import ArchiveFacts, Output

Raw = Mapping[str, Any]
# Layers that give as many values as they take, in the same axes.
_KEEPING = (
    *("Activation", "BatchNormalization", "Dropout", "ELU", "LayerNormalization", "LeakyReLU"),
    *("PReLU", "ReLU", "Softmax"),
)
# More layers in a row that only keep what they take nobody puts at a model's end.
_DEEPEST = 16


def outputs(facts: ArchiveFacts) -> tuple[Output, ...]:
    """The outputs in their order; empty where the configuration does not tell them."""
    root = topology.root(facts.nodes)
    if root is None:
        return ()
    layers = topology.layers(root.raw)
    named = {topology.name(layer): layer for layer in layers}
    held = topology.config(root.raw).get("output_layers")
    last = [("", topology.name(layer)) for layer in layers[-1:]]
    ends = last if held is None else [*_ends(held)]
    compiled = root.raw.get("compile_config")
    losses = compiled.get("loss") if isinstance(compiled, Mapping) else None
    several = len(ends) > 1
    followed = dict(steps.of_outputs(root.raw))
    told = (
        _output(name if several else "", layer, loss_of(losses, index, name), layers, named)
        for index, (name, layer) in enumerate(ends)
    )
    return tuple(
        msgspec.structs.replace(one, follows=followed.get(layer))
        for one, (_, layer) in zip(told, ends, strict=True)
    )


def loss_of(losses: Any, index: int, name: str) -> Any:
    """The loss of one output, out of what a model was compiled with."""
    if isinstance(losses, Mapping) and "class_name" not in losses:
        return losses.get(name)
    if isinstance(losses, list | tuple):
        return losses[index] if index < len(losses) else None
    return losses


def _ends(held: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Each output by its key, or else by its layer; and the layer that gives it."""
    found = topology.reference(held)
    if found is not None:
        yield key or found.layer, found.layer
    elif isinstance(held, Mapping):
        for name, part in held.items():
            yield from _ends(part, str(name))
    elif isinstance(held, list):
        for part in held:
            yield from _ends(part)


def _output(
    name: str, layer: str, loss: Any, layers: Sequence[Raw], named: Mapping[str, Raw]
) -> Output:
    units, axes = _shape(layer, layers, named)
    config = loss.get("config") if isinstance(loss, Mapping) else None
    ignored = config.get("ignore_class") if isinstance(config, Mapping) else None
    return Output(name=name, loss=_named(loss), units=units, axes=axes, ignored=ignored)


def _named(loss: Any) -> str:
    """A loss by its name, in whatever form a configuration has it."""
    if isinstance(loss, Mapping):
        function = loss.get("class_name") == "function"
        loss = loss.get("config" if function else "class_name")
    return loss if isinstance(loss, str) else ""


def _shape(
    name: str, layers: Sequence[Raw], named: Mapping[str, Raw], depth: int = 0
) -> tuple[int | None, topology.Shape | None]:
    """How many values a layer gives, and its extents behind the batch axis, as far as is told."""
    layer = named.get(name)
    if layer is None or depth > _DEEPEST:
        return None, None
    entered = _entered(layer)
    inner = topology.config(layer).get("layer") if _kind(layer) == "TimeDistributed" else None
    layer = inner if isinstance(inner, Mapping) else layer
    if _kind(layer) == "Dense":
        units = topology.config(layer).get("units")
        units = units if isinstance(units, int) else None
        return units, None if entered is None else (*entered[1:-1], units)
    if _kind(layer) not in _KEEPING:
        return None, None
    if entered is not None:
        return entered[-1], entered[1:]
    before = _before(name, layers, named)
    return (None, None) if before is None else _shape(before, layers, named, depth + 1)


def _kind(layer: Raw) -> str:
    return str(layer.get("class_name"))


def _entered(layer: Raw) -> topology.Shape | None:
    """The shape that a layer is called with, as Keras 3 writes it; None where nothing tells."""
    found = next((read.shape for read in topology.reads(layer)), None)
    build = layer.get("build_config")
    told = topology.axes(build.get("input_shape")) if isinstance(build, Mapping) else None
    found = found or told
    return found if found and len(found) > 1 else None


def _before(name: str, layers: Sequence[Raw], named: Mapping[str, Raw]) -> str | None:
    """The layer whose values another takes."""
    read = next((read.layer for read in topology.reads(named[name])), None)
    if read is not None:
        return read
    names = [topology.name(layer) for layer in layers]
    at = names.index(name)
    return names[at - 1] if at else None
