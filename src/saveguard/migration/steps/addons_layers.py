"""Layers of TensorFlow Addons that Keras has by now, or that its own layers can stand for.

## Recognises

AdaptiveAveragePooling2D, AdaptiveMaxPooling2D, SpectralNormalization, WeightNormalization of a
Dense or convolution, Maxout of features, and FilterResponseNormalization over the axes of an image
without a learned epsilon, all of TensorFlow Addons.

## Rewrites

The first three are Keras's layers of the same names. A WeightNormalization is the layer that it
wraps, with the kernel `g v / |v|`; a Maxout is a Reshape and a maximum; a
FilterResponseNormalization is a small Functional model of operations and a DepthwiseConv2D.

## Why

TensorFlow Addons ended in 2024. A further training goes without the parting of a kernel into its
length and direction. Sparsemax is asked for: that of Keras 3.15.1 answers otherwise.

## Result

Equal, but for the order of additions.

## References

- https://github.com/tensorflow/addons/tree/v0.23.0/tensorflow_addons/layers
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree, wiring
from saveguard.migration.parts import Raw, made, operation, settings
from saveguard.migration.step import Old, Step

Shapes = tuple[tuple[int, ...], ...]
_PREFIX = "Addons>"
_SAME = ("AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D")
_PARTED = ("Dense", "Conv1D", "Conv2D", "Conv3D")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    name = node.class_name.removeprefix(_PREFIX)
    given = node.class_name in old.custom or name in old.custom
    if given or not node.class_name.startswith(_PREFIX):
        return
    raw: Raw = node.raw  # type: ignore[assignment]
    if name in _SAME:
        raw["class_name"] = name
        yield f"{node.class_name} is {name} of Keras"
    elif name in _REWRITTEN:
        shapes = old.shapes.get(str(raw.get(tree.ORIGIN, "")), ())
        yield from _REWRITTEN[name](node, raw, shapes)


def _spectral(node: Node, raw: Raw, _shapes: Shapes) -> Iterator[str]:
    """Outside of training both call the layer with the kernel as it is."""
    raw["class_name"] = "SpectralNormalization"
    yield f"{node.class_name} is SpectralNormalization of Keras"


def _weight(node: Node, raw: Raw, _shapes: Shapes) -> Iterator[str]:
    layer = settings(node).get("layer")
    if not isinstance(layer, dict) or layer.get("class_name") not in _PARTED:
        return
    raw["class_name"] = layer["class_name"]
    raw["config"] = layer["config"] | {"name": node.name}
    tree.convert(raw, "weight-normalization")
    yield f"{node.class_name} is the {layer['class_name']} that it wraps, with its kernel"


def _maxout(node: Node, raw: Raw, _shapes: Shapes) -> Iterator[str]:
    held = settings(node)
    if held.get("axis", -1) not in (-1, 1):
        return
    parted = [-1, held["num_units"]]
    layers = [
        # An input of two axes: more of them are refused, and not mixed up.
        made("InputLayer", "features", batch_shape=[None, None]) | {"inbound_nodes": []},
        _called(made("Reshape", "parted", target_shape=parted), "features"),
        _called(made("GlobalMaxPooling1D", "largest"), "parted"),
    ]
    raw.update(_functional(node.name, layers))
    yield f"{node.class_name} is a Reshape and a maximum"


def _filter_response(node: Node, raw: Raw, shapes: Shapes) -> Iterator[str]:
    """`x / sqrt(mean(x^2) + epsilon)`, scaled and shifted."""
    held = settings(node)
    if list(held.get("axis", ())) != [1, 2] or held.get("learned_epsilon") or len(shapes) != 2:
        return
    space = {"axis": [1, 2], "keepdims": True}
    entry = made("InputLayer", "image", batch_shape=[None, None, None, shapes[0][-1]])
    affine = made("DepthwiseConv2D", "scaled", kernel_size=[1, 1], use_bias=True)
    layers = [
        entry | {"inbound_nodes": []},
        _called(operation("numpy", "Square", "squared"), "image"),
        _called(operation("numpy", "Mean", "power", **space), "squared"),
        _called(operation("numpy", "Add", "widened"), "power", abs(held["epsilon"])),
        _called(operation("numpy", "Sqrt", "root"), "widened"),
        _called(operation("numpy", "TrueDivide", "one"), "image", wiring.tensor("root")),
        _called(affine, "one"),
    ]
    raw.update(_functional(node.name, layers))
    tree.convert(raw, "flat", "scales-of-channels")
    yield f"{node.class_name} is a model of the operations that it was"


def _called(layer: Raw, first: str, *more: Any) -> Raw:
    """A layer with its one call."""
    args = [wiring.tensor(first), *more]
    return layer | {"inbound_nodes": [{"args": args, "kwargs": {}}]}


def _functional(name: str, layers: list[Raw]) -> Raw:
    first, last = layers[0]["name"], layers[-1]["name"]
    ends = {"input_layers": [first, 0, 0], "output_layers": [last, 0, 0]}
    return {"class_name": "Functional", "config": {"name": name, "layers": layers, **ends}}


_REWRITTEN: dict[str, Callable[[Node, Raw, Shapes], Iterator[str]]] = {
    "SpectralNormalization": _spectral,
    "WeightNormalization": _weight,
    "Maxout": _maxout,
    "FilterResponseNormalization": _filter_response,
}

step = Step(
    name="addons-layers",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/tensorflow/addons/tree/v0.23.0/tensorflow_addons/layers",
)


def bad() -> Any:
    """A pooling of TensorFlow Addons."""
    return made("Addons>AdaptiveAveragePooling2D", "pool", output_size=[2, 2])


def good() -> Any:
    """Keras's own."""
    return made("AdaptiveAveragePooling2D", "pool", output_size=[2, 2])
