"""Classes of packages that are no longer kept, and that Keras has itself by now.

## Recognises

GroupNormalization and InstanceNormalization of TensorFlow Addons; InstanceNormalization of
keras-contrib over the axes of an image, with a scale of each channel or of all of it; FixedDropout
of efficientnet and segmentation_models.

## Rewrites

GroupNormalization, in one group a channel for the second; a small Functional model of
operations for the third, which divides by the deviation plus epsilon, and a DepthwiseConv2D, or,
where one number scales all of the image, a Dense; Dropout.

## Why

TensorFlow Addons ended in 2024, and keras-contrib works with Keras 2 alone. The arrays are
theirs.

## Result

Equal, but for the order of additions.

## References

- https://github.com/tensorflow/addons/blob/v0.23.0/tensorflow_addons/layers/normalizations.py
- https://github.com/keras-team/keras-contrib/blob/master/keras_contrib/layers/normalization/instancenormalization.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree, wiring
from saveguard.migration.parts import Raw, made, operation, settings
from saveguard.migration.step import Old, Step

_GROUPED = ("GroupNormalization", "InstanceNormalization")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    name = node.class_name.removeprefix("Addons>")
    if node.class_name in old.custom or name in old.custom or old.numbers >= (3,):
        return
    held, raw = settings(node), node.raw
    if name in _GROUPED and (name != node.class_name or "groups" in held):
        if name == "InstanceNormalization":
            held["groups"] = -1
        if node.class_name != "GroupNormalization":
            raw["class_name"] = "GroupNormalization"  # type: ignore[index]
            yield f"{node.class_name} of TensorFlow Addons is GroupNormalization"
    elif name == "InstanceNormalization":
        yield from _of_contrib(node, old)
    elif name == "FixedDropout":
        raw["class_name"] = "Dropout"  # type: ignore[index]
        yield "FixedDropout is Dropout"


def _of_contrib(node: Node, old: Old) -> Iterator[str]:
    """`(x - mean) / (deviation + epsilon)` of each image and channel, scaled and shifted."""
    shapes = old.shapes.get(str(node.raw.get(tree.ORIGIN, "")), ())
    held = dict(node.config)
    whole = held.get("scale", True) and held.get("center", True)
    axis = held.get("axis")
    if axis not in (-1, 3, None) or not whole or not shapes or len(shapes[0]) != 1:
        return
    model = _model(node.name, shapes[0][0], held["epsilon"], one=axis is None)
    node.raw.update(model)  # type: ignore[attr-defined]
    conversion = "scales-of-channels" if axis is not None else "scale-of-all"
    tree.convert(node.raw, conversion)  # type: ignore[arg-type]
    yield "InstanceNormalization of keras-contrib is a model of the operations that it was"


def _model(name: str, scales: int, epsilon: float, *, one: bool) -> Raw:
    """Over height and width of each channel, or, with one scale, over all of an image."""
    space = {"axis": [1, 2, 3] if one else [1, 2], "keepdims": True}
    channels = None if one else scales
    entry = made("InputLayer", "image", batch_shape=[None, None, None, channels])
    layers = [
        entry | {"inbound_nodes": []},
        _on(operation("numpy", "Mean", "mean", **space), wiring.tensor("image")),
        _on(operation("numpy", "Std", "deviation", **space), wiring.tensor("image")),
        _on(operation("numpy", "Subtract", "centred"), *map(wiring.tensor, ("image", "mean"))),
        _on(operation("numpy", "Add", "widened"), wiring.tensor("deviation"), epsilon),
        _on(operation("numpy", "TrueDivide", "one"), *map(wiring.tensor, ("centred", "widened"))),
        *(_scaled_alike() if one else _scaled()),
    ]
    ends = {"input_layers": ["image", 0, 0], "output_layers": ["scaled", 0, 0]}
    return {"class_name": "Functional", "config": {"name": name, "layers": layers, **ends}}


def _scaled() -> list[Raw]:
    """A scale and a shift of each channel."""
    affine = {"kernel_size": [1, 1], "use_bias": True}
    return [_on(made("DepthwiseConv2D", "scaled", **affine), wiring.tensor("one"))]


def _scaled_alike() -> list[Raw]:
    """One scale and one shift for all: a product with a further axis of length 1."""
    return [
        _on(operation("numpy", "ExpandDims", "alone", axis=-1), wiring.tensor("one")),
        _on(made("Dense", "wide", units=1), wiring.tensor("alone")),
        _on(operation("numpy", "Squeeze", "scaled", axis=-1), wiring.tensor("wide")),
    ]


def _on(layer: Raw, *args: Any) -> Raw:
    return layer | {"inbound_nodes": [{"args": list(args), "kwargs": {}}]}


step = Step(
    name="third-party",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/tensorflow/addons/blob/v0.23.0/tensorflow_addons/layers/normalizations.py",
)


def bad() -> Any:
    """A dropout of efficientnet."""
    return made("FixedDropout", "fixeddropout", rate=0.2)


def good() -> Any:
    """A dropout."""
    return made("Dropout", "dropout", rate=0.2)
