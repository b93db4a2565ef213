"""The layers of a Sequential model, added one after the other as the loader does.

After `Sequential.from_config` in keras/src/models/sequential.py. A layer's `batch_input_shape`
becomes its `input_shape` on the way (saving_utils.py), with the batch still in it, so that the
model is built with one axis too many.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.facts import Node
from saveguard.revive.arguments import handed
from saveguard.revive.graph import is_functional
from saveguard.revive.stop import Stop

Shape = tuple[int | None, ...]

_RANKS = {
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"), 3),
    **dict.fromkeys(("ConvLSTM1D",), 4),
    **dict.fromkeys(("ConvLSTM2D",), 5),
    **dict.fromkeys(("ConvLSTM3D",), 6),
    "RepeatVector": 2,
}
_SPATIAL = (
    "AveragePooling",
    "Conv",
    "Cropping",
    "DepthwiseConv",
    "GlobalAveragePooling",
    "GlobalMaxPooling",
    "MaxPooling",
    "SeparableConv",
    "SpatialDropout",
    "UpSampling",
    "ZeroPadding",
)
_KEEP = {
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "BatchNormalization",
    "Dropout",
    "ELU",
    "GaussianDropout",
    "GaussianNoise",
    "LeakyReLU",
    "LayerNormalization",
    "Masking",
    "PReLU",
    "ReLU",
    "Rescaling",
    "Softmax",
}
# What takes a list of one tensor, and gives a list.
_BUILT = {"BatchNormalization", "LayerNormalization", "Masking", "PReLU"}
_LISTS = _KEEP - _BUILT | {"SpatialDropout1D", "SpatialDropout2D"}
_FIRST = ("input_shape", "input_dim")
UNDEFINED = "Shapes used to initialize variables must be fully-defined (no `None` dimensions)."


def misread(node: Node, children: Mapping[str, Node]) -> Iterator[Stop]:
    """Where a Sequential model cannot be built of its layers, in their order.

    Args:
        children: The nodes of its layers by JSON path.
    """
    paths = [f"{node.path}.config.layers[{i}]" for i in range(len(node.config["layers"]))]
    layers = [children[path] for path in paths if path in children]
    yield from _repeated(layers)
    if layers and layers[0].class_name != "InputLayer":
        yield from _extra_axis(layers)
    yield from _lists(layers)


def _repeated(layers: list[Node]) -> Iterator[Stop]:
    seen: set[str] = set()
    for layer in layers:
        if layer.name and layer.name in seen:
            yield Stop(
                kind="name",
                path=f"{layer.path}.config.name",
                prints="All layers added to a Sequential model should have unique names. Name"
                f" '{layer.name}' is already the name of a layer in this model.",
                node=layer,
                values={"name": layer.name},
            )
            return
        seen.add(layer.name)


def _extra_axis(layers: list[Node]) -> Iterator[Stop]:
    """Follow the shape as it was meant, and as it is read, to where a layer stops."""
    first = layers[0]
    shape = first.config.get("batch_input_shape")
    if not isinstance(shape, list) or "input_shape" not in handed(first) or "module" in first.raw:
        return
    meant: Shape | None = tuple(shape)
    read: Shape | None = (None, *shape)
    values = {"shape": str(shape), "read": str([None, *shape]), "first": first.name}
    for layer in layers:
        if read is None:
            break
        prints = _unlike(layer, meant, read)
        read, stopped = _after(layer, read)
        meant = _after(layer, meant)[0] if meant else None
        if stopped or prints:
            yield _axis(first, layer, stopped or prints, values)
            return
    built = read is not None and len(read) > len(shape)
    yield Stop(
        kind="axis-more",
        path=f"{first.path}.config.batch_input_shape",
        prints="",
        node=first,
        values=values,
        turn=f"{layers[-1].path}.~",
        certainty="likely" if built else "possible",
    )


def _axis(first: Node, layer: Node, prints: str, values: Mapping[str, str]) -> Stop:
    return Stop(
        kind="axis",
        path=f"{first.path}.config.batch_input_shape",
        prints=prints,
        node=first,
        values={**values, "layer": layer.name, "class": layer.class_name},
        turn=f"{layer.path}.~",
    )


def _unlike(layer: Node, meant: Shape | None, read: Shape) -> str:
    """What Keras says where the layer's arrays get another shape than they have in the file."""
    if meant is None:
        return ""
    stored, expected = _extents(layer, meant), _extents(layer, read)
    if None in (*stored, *expected) or stored == expected:
        return ""
    return (
        f"Shape mismatch in layer {layer.name}: weight expects an extent of {expected}. Received"
        f" saved weight with {stored}"
    )


def _extents(layer: Node, shape: Shape) -> Shape:
    """The extents of the input that a layer's arrays take their shapes from."""
    match layer.class_name:
        case "Dense":
            return shape[-1:]
        case "BatchNormalization" | "LayerNormalization":
            return tuple(_axes(handed(layer).get("axis", -1), shape))
        case "PReLU" if not layer.config.get("shared_axes"):
            return shape[1:]
    return ()


def _after(layer: Node, shape: Shape) -> tuple[Shape | None, str]:
    """The shape behind a layer, or what Keras says to that before it.

    No shape: what comes is not followed (it is as the writer meant it, or it is not known).
    """
    name, config = layer.class_name, layer.config
    rank = _RANKS.get(name) or _spatial(name)
    if name == "Permute":
        rank = len(config.get("dims") or ()) + 1
    if rank and len(shape) != rank:
        return None, _rank_error(layer, rank, shape)
    if None in _extents(layer, shape):
        return None, UNDEFINED
    if name in _KEEP:
        return shape, ""
    match name:
        case "Dense":
            return (*shape[:-1], config.get("units")), ""
        case "Embedding":
            return (*shape, config.get("output_dim")), ""
        case "Flatten":
            return (shape[0], _product(shape[1:])), ""
        case "Reshape":
            return _reshaped(config.get("target_shape"), shape)
    return None, ""


def _reshaped(target: Any, shape: Shape) -> tuple[Shape | None, str]:
    if not isinstance(target, list) or not all(isinstance(extent, int) for extent in target):
        return None, ""
    size, known = _product(shape[1:]), math.prod(extent for extent in target if extent != -1)
    if -1 in target:
        rest = size // known if size and known else None
        return (shape[0], *(rest if extent == -1 else extent for extent in target)), ""
    if size is not None and size != known:
        return None, f"The total size of the tensor must be unchanged. Received: {shape}, {target}"
    return None, ""


def _spatial(name: str) -> int:
    """The rank that a class takes by its name: `Conv2D` takes four axes."""
    base = name.removesuffix("Transpose")
    if base[-2:] in ("1D", "2D", "3D") and base[:-2] in _SPATIAL:
        return int(base[-2]) + 2
    return 0


def _rank_error(layer: Node, rank: int, shape: Shape) -> str:
    if "Conv" in layer.class_name and "LSTM" not in layer.class_name:
        return (
            "Kernel shape must have the same length as input, but received kernel of rank"
            f" {rank} and input of shape {shape}."
        )
    return (
        f"Input 0 of layer '{layer.name}' is incompatible with the layer: expected ndim={rank},"
        f" found ndim={len(shape)}. Full shape received: {shape}"
    )


def _product(extents: Shape) -> int | None:
    return None if None in extents else math.prod(e for e in extents if e is not None)


def _axes(axis: Any, shape: Shape) -> list[int | None]:
    axes = axis if isinstance(axis, list) else [axis]
    known = range(-len(shape), len(shape))
    return [shape[one] for one in axes if isinstance(one, int) and one in known]


def _lists(layers: list[Node]) -> Iterator[Stop]:
    """A Functional model inside, which gives a list of one, and a layer that takes none."""
    source: Node | None = None
    for layer in layers:
        if is_functional(layer):
            outputs = layer.config["output_layers"]
            single = isinstance(outputs, list) and len(outputs) == 1
            source = layer if single and isinstance(outputs[0], list) else None
        elif layer.class_name in ("Sequential", "InputLayer"):
            source = None
        elif source is not None and not _takes_list(layer, layer is layers[-1]):
            yield Stop(
                kind="list-output",
                path=f"{source.path}.config.output_layers",
                prints=f"{layer.class_name} receives a list of one tensor and stops",
                node=source,
                turn=f"{layer.path}.~",
                values={"layer": layer.name, "class": layer.class_name, "source": source.name},
            )
            return


def _takes_list(layer: Node, last: bool) -> bool:
    """Whether it is not stopped by a list: built by the file, or going over what it is given."""
    name = layer.class_name
    return "module" in layer.raw or name in _LISTS or (last and name.startswith("Global"))
