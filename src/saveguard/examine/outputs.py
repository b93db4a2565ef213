"""The shapes that the layers of a configuration put out, as far as the configuration tells.

Keras 3 writes the shape of every tensor that a layer is called with. Before, only the inputs'
shapes are written; from there on the arithmetic of the common layers tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saveguard.archive import topology
from saveguard.archive.topology import Shape
from saveguard.examine import arithmetic

Raw = Mapping[str, Any]
Shapes = tuple[Shape | None, ...]
_DEEPEST = 32


def outputs(model: Raw, entering: Shapes = (), depth: int = 0) -> dict[str, Shapes]:
    """The shapes of each layer's outputs at its first call, by the layer's name.

    Args:
        model: A Functional or Sequential model's dictionary.
        entering: The shapes of the model's own inputs, of a model within another.
    """
    layers = topology.layers(model)
    found = _written(layers)
    before: Shapes = entering
    for layer, after in zip(layers, [*layers[1:], None], strict=False):
        name, taken = topology.name(layer), _taken(layer, found)
        if "inbound_nodes" not in layer:  # a Sequential's, which is called with what was before
            taken = taken or before
        taken = taken or _built(layer)
        if name not in found:
            found[name] = _next_built(after) or _put_out(layer, taken, depth)
        before = found[name]
    return found


def _written(layers: list[Raw]) -> dict[str, Shapes]:
    """The shapes that the configuration itself tells."""
    found: dict[str, dict[int, Shape]] = {}
    for layer in layers:
        config = topology.config(layer)
        shape = topology.axes(config.get("batch_shape", config.get("batch_input_shape")))
        if layer.get("class_name") == "InputLayer" and shape is not None:
            found[topology.name(layer)] = {0: shape}
        for read in topology.reads(layer):
            if read.shape is not None and read.call == 0:
                found.setdefault(read.layer, {})[read.output] = read.shape
    return {
        name: tuple(shapes.get(output) for output in range(max(shapes) + 1))
        for name, shapes in found.items()
        if 0 <= max(shapes) < 1 << 10
    }


def _taken(layer: Raw, found: dict[str, Shapes]) -> Shapes:
    """The shapes that a layer is called with the first time."""
    calls = layer.get("inbound_nodes")
    if not isinstance(calls, list) or not calls:
        return ()
    taken = []
    for read in topology.reads({"inbound_nodes": calls[0]}):
        shapes = found.get(read.layer, ())
        known = shapes[read.output] if 0 <= read.output < len(shapes) else None
        taken.append(read.shape or known)
    return tuple(taken)


def _built(layer: Raw) -> Shapes:
    """The shape that a layer was built for, as Keras 3 and the descriptions of TensorFlow tell."""
    build = layer.get("build_config")
    shape = build.get("input_shape") if isinstance(build, dict) else None
    config = topology.config(layer)
    told = topology.axes(shape) or topology.axes(layer.get("build_input_shape"))
    told = told or topology.axes(config.get("batch_input_shape"))
    return (told,) if told is not None else ()


def _next_built(after: Raw | None) -> Shapes:
    """In a Sequential, what the next layer was built for."""
    if after is None or "inbound_nodes" in after:
        return ()
    build = after.get("build_config")
    shape = topology.axes(build.get("input_shape")) if isinstance(build, dict) else None
    return (shape,) if shape is not None else ()


def _put_out(layer: Raw, taken: Shapes, depth: int) -> Shapes:
    if not topology.layers(layer):
        return (arithmetic.output(layer, taken),)
    inner = outputs(layer, taken, depth + 1) if depth < _DEEPEST else {}
    ends = topology.config(layer).get("output_layers")
    if ends is None:
        return inner.get(topology.name(topology.layers(layer)[-1]), (None,))
    put_out = []
    for end in topology.reads({"inbound_nodes": ends}):
        shapes = inner.get(end.layer, ())
        put_out.append(shapes[end.output] if 0 <= end.output < len(shapes) else None)
    return tuple(put_out) or (None,)
