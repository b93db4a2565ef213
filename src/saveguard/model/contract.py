"""The contract of a live model, read from its inputs, or from an example where it has none."""

from __future__ import annotations

from typing import Any

from saveguard.child import arrays
from saveguard.contract import AUTOMATIC, Axis, Contract, Input


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
    inputs = tuple(_from_array(path, leaf) for path, leaf in leaves.items())
    structure = _indexed(arrays.structure(example, "x"), lambda path: positions[path])
    return Contract(inputs=inputs, structure=structure, source="example")


def _indexed(held: Any, index: Any) -> Any:
    if isinstance(held, dict):
        return {str(key): _indexed(held[key], index) for key in sorted(held)}
    if isinstance(held, (list, tuple)):
        return [_indexed(part, index) for part in held]
    return index(held)


def _input(model: Any, tensor: Any, place: str) -> Input:
    """The description of one input; one that nobody named is called by its place."""
    axes = tuple(
        Axis(name="batch" if position == 0 and extent is None else "", size=extent)
        for position, extent in enumerate(tensor.shape)
    )
    pad, source = _padding(model, tensor)
    dtype = str(tensor.dtype)
    name = place if AUTOMATIC.fullmatch(str(tensor.name)) else str(tensor.name)
    return Input(name=name, axes=axes, dtype=dtype, pad=pad, pad_source=source)


def _from_array(path: str, array: Any) -> Input:
    axes = (Axis(name="batch"), *(Axis(size=int(extent)) for extent in array.shape[1:]))
    dtype = "string" if array.dtype.kind in "OUS" else array.dtype.name
    return Input(name=path, axes=axes, dtype=dtype)


def _padding(model: Any, tensor: Any) -> tuple[float | None, str]:
    """The padding value of the layer that reads `tensor` and masks it."""
    for layer in getattr(model, "layers", ()):
        reads = any(
            any(tensor is read for read in node.input_tensors)
            for node in getattr(layer, "_inbound_nodes", ())
        )
        if not reads:
            continue
        if getattr(layer, "mask_zero", False):
            return 0.0, f"{layer.name} ({type(layer).__name__})"
        if type(layer).__name__ == "Masking":
            return float(layer.mask_value), f"{layer.name} (Masking)"
    return None, ""
