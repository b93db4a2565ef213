"""The contract of a live model, read from its inputs, or from an example where it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from saveguard.child import arrays
from saveguard.contract import AUTOMATIC, Axis, Contract, Input, readers
from saveguard.contract.readers import Reader

# The arguments that tell something of the data, and the attributes in which layers keep them.
_ARGUMENTS = {
    "mask_zero": "mask_zero",
    "mask_value": "mask_value",
    "input_dim": "input_dim",
    "scale": "scale",
    "offset": "offset",
    "mean": "input_mean",
    "variance": "input_variance",
}


def read(model: Any, example: Any = None) -> Contract | None:
    """The contract of `model`; None where neither the model nor an example says.

    Args:
        model: A Keras model. Functional models, and Sequential ones with an input shape, say
            what their inputs are; a subclassed model does not.
        example: Nested arrays that the model takes, for a model that does not say.
    """
    import keras

    tensors = list(getattr(model, "inputs", None) or ())
    if tensors:
        held = getattr(getattr(model, "_functional", model), "_inputs_struct", tensors)
        order = {id(tensor): index for index, tensor in enumerate(keras.tree.flatten(held))}
        flat = keras.tree.flatten(held)
        names = [f"x[{index}]" for index in range(len(flat))] if len(flat) > 1 else ["x"]
        inputs = tuple(_input(model, *pair) for pair in zip(flat, names, strict=True))
        structure = _indexed(held, lambda leaf: order[id(leaf)])
        lone = isinstance(structure, list) and structure == [0]
        return Contract(inputs=inputs, structure=0 if lone else structure)
    if example is None:
        return None
    leaves = dict(arrays.flatten(example, "x"))
    positions = {path: index for index, path in enumerate(leaves)}
    inputs = tuple(described(path, leaf) for path, leaf in leaves.items())
    structure = _indexed(arrays.structure(example, "x"), lambda path: positions[path])
    return Contract(inputs=inputs, structure=structure, source="example")


def _indexed(held: Any, index: Any) -> Any:
    if isinstance(held, dict):
        return {str(key): _indexed(held[key], index) for key in sorted(held)}
    if isinstance(held, (list, tuple)):
        return [_indexed(part, index) for part in held]
    return None if held is None else index(held)


def _input(model: Any, tensor: Any, place: str) -> Input:
    """The description of one input; one that nobody named is called by its place."""
    axes = tuple(
        Axis(name="batch" if position == 0 and extent is None else "", size=extent)
        for position, extent in enumerate(tensor.shape)
    )
    told = readers.told((model, tensor), _readers, len(axes))
    name = place if AUTOMATIC.fullmatch(str(tensor.name)) else str(tensor.name)
    optional = bool(getattr(getattr(tensor, "_keras_history", ((),))[0], "optional", False))
    return Input(name=name, axes=axes, dtype=str(tensor.dtype), optional=optional, **told)


def described(path: str, array: Any) -> Input:
    """The description of an array; one that a dictionary holds is called by its key."""
    axes = (Axis(name="batch"), *(Axis(size=int(extent)) for extent in array.shape[1:]))
    dtype = "string" if array.dtype.kind in "OUS" else array.dtype.name
    key = re.fullmatch(r"x\['(\w+)'\]", path)
    return Input(name=key[1] if key else path, axes=axes, dtype=dtype)


def _readers(place: tuple[Any, Any]) -> Iterator[Reader]:
    """The layers of a model that are called with one of its tensors."""
    model, tensor = place
    graph = getattr(model, "_functional", None) or model
    for layer in getattr(graph, "operations", None) or model.layers:
        for node in getattr(layer, "_inbound_nodes", ()):
            for position, read in enumerate(node.input_tensors):
                if read is tensor:
                    yield _reader(model, layer, node, position)


def _reader(model: Any, layer: Any, node: Any, position: int) -> Reader:
    inner = list(getattr(layer, "inputs", None) or ()) if hasattr(layer, "layers") else []
    made = [(layer, inner[position])] if position < len(inner) else []
    wrapped = layer.layer if type(layer).__name__ == "TimeDistributed" else layer
    arguments = {key: _plain(getattr(wrapped, name, None)) for key, name in _ARGUMENTS.items()}
    return Reader(
        kind=type(wrapped).__name__,
        name=str(layer.name),
        arguments={key: value for key, value in arguments.items() if value is not None},
        made=tuple(made or ((model, output) for output in node.output_tensors)),
        model=bool(inner),
    )


def _plain(value: Any) -> Any:
    """A number, or nested lists of them, of what a layer holds as an array."""
    return value.tolist() if hasattr(value, "tolist") else value
