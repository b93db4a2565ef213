"""A Sequential model that says the shape of its inputs with its first layer.

## Recognises

`batch_input_shape` (or `build_input_shape` of the model) where no InputLayer stands in front.

## Rewrites

An InputLayer of that shape in front.

## Why

Keras 3 reads the batch axis of `batch_input_shape` as one more axis of the data: most models stop
at their first layer, others load and then take tensors of another rank. Keras wrote no InputLayer
before TF 2.2.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py
  (batch_input_shape)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import made, settings
from saveguard.migration.step import Old, Step

Raw = dict[str, Any]
_TEXT = {"StringLookup", "TextVectorization"}


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name == "Sequential" and old.numbers < (3,):
        yield from _entered(settings(node))


def _entered(model: Raw) -> Iterator[str]:
    layers = model.get("layers")
    shape = model.pop("build_input_shape", None)
    if not layers or layers[0].get("class_name") == "InputLayer":
        return
    first, dtype = _first(layers[0])
    shape = first or shape
    if not isinstance(shape, list) or not all(n is None or isinstance(n, int) for n in shape):
        return
    taken = {str((one.get("config") or {}).get("name")) for one in layers if _is_plain(one)}
    name = wiring.unused(f"{_name(layers[0])}_input", taken)
    layers.insert(0, made("InputLayer", name, batch_shape=shape, dtype=dtype))
    yield f"an input layer of shape {tuple(shape)} stands in front"


def _is_plain(layer: Raw) -> bool:
    return isinstance(layer.get("config"), dict)


def _name(layer: Raw) -> str:
    name = (layer["config"].get("name") if _is_plain(layer) else None) or layer.get("name")
    return str(name or layer.get("class_name", "")).lower()


def _first(layer: Raw) -> tuple[Any, str]:
    """The shape and dtype of what a model's first layer takes, looking into models."""
    for _ in range(32):
        if not _is_plain(layer):
            break
        config = layer["config"]
        shape = config.get("batch_input_shape") or config.get("batch_shape")
        if shape:
            text = layer.get("class_name") in _TEXT
            dtype = config.get("input_dtype") or config.get("dtype")
            return shape, "string" if text else dtype if isinstance(dtype, str) else "float32"
        if layer.get("class_name") != "Sequential" or not config.get("layers"):
            break
        layer = config["layers"][0]
    return _entry(layer), "float32"


def _entry(model: Raw) -> Any:
    """The shape of the only input of a model that begins a Sequential one."""
    if not wiring.is_graph(model):
        return None
    ends = list(wiring.ends(model["config"].get("input_layers")))
    names = {end[0] for end in ends}
    entries = [one["config"] for one in model["config"]["layers"] if one.get("name") in names]
    shapes = [one.get("batch_input_shape") or one.get("batch_shape") for one in entries]
    return shapes[0] if len(shapes) == 1 else None


step = Step(
    name="first-shape",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/legacy/saving/saving_utils.py",
    on=("model", "layer"),
)


def bad() -> Any:
    """The first layer says it."""
    pool = made("MaxPooling2D", "pool", batch_input_shape=[None, 8, 8, 3], pool_size=[2, 2])
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [pool]}}


def good() -> Any:
    """An input layer says it."""
    entry = made("InputLayer", "x", batch_shape=[None, 8, 8, 3])
    pool = made("MaxPooling2D", "pool", pool_size=[2, 2])
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [entry, pool]}}
