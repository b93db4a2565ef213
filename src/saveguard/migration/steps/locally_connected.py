"""LocallyConnected1D and LocallyConnected2D.

## Recognises

The two layers, channels last, with the implementation that has no sparse kernel; the file's
arrays tell how many places there are.

## Rewrites

A Sequential model in the place of the layer and under its name: a fixed convolution that cuts
the patches out, and an EinsumDense with the old kernel.

## Why

Keras 3.0 removed the layers.

## Result

Equal, but for the order of additions.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/locally_connected/locally_connected2d.py
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree
from saveguard.migration.parts import Raw, made
from saveguard.migration.step import SHAPED, Old, Step

_CONVOLUTIONS = {"LocallyConnected1D": ("Conv1D", 1), "LocallyConnected2D": ("Conv2D", 2)}


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    held, raw = dict(node.config), node.raw
    shapes = old.shapes.get(str(raw.get(tree.ORIGIN, "")), ())
    if node.class_name not in _CONVOLUTIONS or node.class_name in old.custom or not shapes:
        return
    if held.get("data_format") == "channels_first" or held.get("implementation", 1) != 1:
        return
    config = {"name": node.name, "layers": _layers(node.class_name, held, shapes)}
    raw.update(class_name="Sequential", config=config)  # type: ignore[attr-defined]
    tree.convert(raw, "locally-connected")  # type: ignore[arg-type]
    yield f"{node.class_name} is {shapes[0][0]} patches and an EinsumDense"


def _layers(class_name: str, held: Raw, shapes: tuple[tuple[int, ...], ...]) -> list[Raw]:
    kind, axes = _CONVOLUTIONS[class_name]
    places, patch, filters = shapes[0]
    bias = held.get("use_bias", True)
    out = list(shapes[1][:-1]) if bias else [places] if axes == 1 else _square(places)
    dense = {"equation": "bpk,pkf->bpf", "output_shape": [places, filters]}
    return [
        made(
            kind,
            "patches",
            filters=patch,
            kernel_size=held["kernel_size"],
            strides=held.get("strides", [1] * axes),
            use_bias=False,
            trainable=False,
        ),
        made("Reshape", "places", target_shape=[places, patch]),
        made("EinsumDense", "filters", bias_axes="pf" if bias else None, **dense),
        made("Reshape", "space", target_shape=[*out, filters]),
        made("Activation", "activation", activation=held.get("activation") or "linear"),
    ]


def _square(places: int) -> list[int]:
    """The axes of an image of so many places; without a bias nothing tells but that it is square.

    Where it is not, the layers behind it stop the migration.
    """
    side = math.isqrt(places)
    return [side, places // side]


step = Step(
    name="locally-connected",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/locally_connected/locally_connected2d.py",
)


def bad() -> Any:
    """A layer whose kernel is of two places."""
    return made("LocallyConnected1D", "local", kernel_size=[3], filters=4) | {tree.ORIGIN: SHAPED}


def good() -> Any:
    """A convolution."""
    return made("Conv1D", "conv1d", kernel_size=[3], filters=4)
