"""The contract of a saved model: what it expects of its inputs, read from its configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from saveguard.archive import topology
from saveguard.contract import AUTOMATIC, Axis, Contract, Input, readers
from saveguard.contract.readers import Reader
from saveguard.facts import ArchiveFacts

Raw = Mapping[str, Any]
# More models within models than anybody builds.
_DEEPEST = 32


class Place(NamedTuple):
    """A tensor of a model's graph.

    Attributes:
        made_by: The layer that made it, by name; in a Sequential the number of its reader.
        call: Which of that layer's calls.
    """

    model: Raw
    made_by: str | int
    call: int = 0


def contract(facts: ArchiveFacts) -> Contract | None:
    """What the model expects of its inputs; None where the file does not say.

    The receipt knows best, then the configuration of a Functional or Sequential model; of a
    SavedModel without one, its signature tells. A subclassed model says nothing.
    """
    found = _of_receipt(facts.receipt)
    if found is None:
        node = topology.root(facts.nodes)
        found = _of_model(node.raw) if node is not None else None
    return found or _of_signature(facts.documents.get("saved_model.pb"))


def _of_receipt(receipt: str) -> Contract | None:
    try:
        told = json.loads(receipt or "{}").get("contract")
        return msgspec.convert(told, Contract) if told else None
    except (ValueError, AttributeError, msgspec.ValidationError):
        return None  # the rules say what is wrong with the receipt


def _of_model(model: Raw) -> Contract | None:
    held = topology.config(model).get("input_layers")
    if held is None:
        held = _of_sequential(model)
    if held is None:
        return None
    layers = {topology.name(layer): layer for layer in topology.layers(model)}
    leaves: list[str] = []
    structure = _indexed(held, leaves)
    if not leaves or not all(leaf in layers for leaf in leaves):
        return None
    places = [f"x[{index}]" for index in range(len(leaves))] if len(leaves) > 1 else ["x"]
    inputs = (
        _input(model, layers[leaf], place) for leaf, place in zip(leaves, places, strict=True)
    )
    return Contract(inputs=tuple(inputs), structure=0 if structure == [0] else structure)


def _of_sequential(model: Raw) -> Any:
    """The reference to the first layer, where that says what shape it takes."""
    layers = topology.layers(model)
    if "Sequential" not in str(model.get("class_name")) or not layers:
        return None
    return [topology.name(layers[0]), 0, 0] if _shape(layers[0]) is not None else None


def _indexed(held: Any, leaves: list[str]) -> Any:
    """The structure with an index for each leaf, which is added to `leaves`."""
    found = topology.reference(held)
    if found is not None:
        leaves.append(found.layer)
        return len(leaves) - 1
    if isinstance(held, dict):
        return {str(key): _indexed(held[key], leaves) for key in sorted(held)}
    return [_indexed(part, leaves) for part in held] if isinstance(held, list) else None


def _shape(layer: Raw, depth: int = 0) -> topology.Shape | None:
    """The shape that a layer says its input has; a model's is that of its own first layer."""
    config = topology.config(layer)
    for key in ("batch_shape", "batch_input_shape"):
        if (found := topology.axes(config.get(key))) is not None:
            return found
    inner = topology.layers(layer)
    return _shape(inner[0], depth + 1) if inner and depth < _DEEPEST else None


def _dtype(layer: Raw, depth: int = 0) -> str:
    inner = topology.layers(layer)
    if inner and depth < _DEEPEST:
        return _dtype(inner[0], depth + 1)
    config = topology.config(layer)
    found = config.get("dtype", config.get("input_dtype"))
    if isinstance(found, dict):
        found = topology.config(found).get("name")
    return found if isinstance(found, str) else "float32"


def _input(model: Raw, layer: Raw, place: str) -> Input:
    name, shape = topology.name(layer), _shape(layer)
    functional = "input_layers" in topology.config(model)
    start = Place(model, name) if functional else _places(model)[0]
    return Input(
        name=place if AUTOMATIC.fullmatch(name) else name,
        axes=_axes(shape),
        dtype=_dtype(layer),
        optional=topology.config(layer).get("optional") is True,
        **readers.told(start, _readers, None if shape is None else len(shape)),
    )


def _axes(shape: topology.Shape | None) -> tuple[Axis, ...] | None:
    if shape is None:
        return None
    return tuple(
        Axis(name="batch" if position == 0 and extent is None else "", size=extent)
        for position, extent in enumerate(shape)
    )


def _readers(place: Place) -> Iterator[Reader]:
    """The layers that are called with a tensor of a model, in the model's order."""
    if isinstance(place.made_by, int):
        for layer in topology.layers(place.model)[place.made_by : place.made_by + 1]:
            yield _reader(layer, 0, Place(place.model, place.made_by + 1))
        return
    for layer in topology.layers(place.model):
        calls = layer.get("inbound_nodes")
        for call, node in enumerate(calls if isinstance(calls, list) else ()):
            made = Place(place.model, topology.name(layer), call)
            for position, read in enumerate(topology.reads({"inbound_nodes": [node]})):
                if (read.layer, read.call) == (place.made_by, place.call):
                    yield _reader(layer, position, made)


def _reader(layer: Raw, position: int, made: Place) -> Reader:
    inner = _places(layer)
    wrapped = topology.config(layer).get("layer") if _kind(layer) == "TimeDistributed" else None
    wrapped = wrapped if isinstance(wrapped, dict) else layer
    return Reader(
        kind=_kind(wrapped),
        name=topology.name(layer),
        arguments=topology.config(wrapped),
        made=tuple(inner[position : position + 1]) if inner else (made,),
        model=bool(inner),
    )


def _kind(layer: Raw) -> str:
    return str(layer.get("class_name"))


def _places(model: Raw) -> list[Place]:
    """The inputs of a model as places in its graph; of a Sequential that of its first layer."""
    held = topology.config(model).get("input_layers")
    if held is None:
        layers = topology.layers(model)
        return [Place(model, int(_kind(layers[0]) == "InputLayer"))] if layers else []
    leaves: list[str] = []
    _indexed(held, leaves)
    return [Place(model, leaf) for leaf in leaves]


def _of_signature(graph: Any) -> Contract | None:
    """What the signature for serving says, where there is no configuration to ask."""
    graphs = graph.get("graphs", ()) if isinstance(graph, dict) else ()
    for signatures in (one["signatures"] for one in graphs):
        told = signatures.get("serving_default") or next(iter(signatures.values()), None)
        if told and told["inputs"]:
            names = sorted(told["inputs"])
            tensors = [told["inputs"][name] for name in names]
            inputs = tuple(
                Input(name=name, axes=_axes(tensor["shape"]), dtype=tensor["dtype"])
                for name, tensor in zip(names, tensors, strict=True)
            )
            structure = {name: index for index, name in enumerate(names)}
            return Contract(inputs=inputs, structure=structure, source="signature")
    return None
