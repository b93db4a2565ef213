"""A layer in the wrapper that pruned it while it was trained.

## Recognises

PruneLowMagnitude of tensorflow-model-optimization, around a layer.

## Rewrites

The layer that it holds, under the wrapper's name, with that layer's weights: the masks, thresholds
and the counter of steps are left out, as `strip_pruning` leaves them out.

## Why

The package has no wrapper for Keras 3. When a model is trained, the wrapper writes the masked
weights into the layer; when it answers, it only calls the layer.

## Result

Equal.

## References

- https://github.com/tensorflow/model-optimization/blob/v0.7.5/tensorflow_model_optimization/python/core/sparsity/keras/pruning_wrapper.py
- https://github.com/tensorflow/model-optimization/blob/v0.7.5/tensorflow_model_optimization/python/core/sparsity/keras/prune.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step

_WRAPPER = "PruneLowMagnitude"


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    held = settings(node)
    inner = held.get("layer")
    if node.class_name != _WRAPPER or _WRAPPER in old.custom or not isinstance(inner, dict):
        return
    raw: Raw = node.raw  # type: ignore[assignment]
    for key in ("module", "registered_name", "build_config"):
        raw.pop(key, None)
    first = {"batch_input_shape": held["batch_input_shape"]} if "batch_input_shape" in held else {}
    found = {key: inner[key] for key in ("module", "class_name", "registered_name") if key in inner}
    raw.update(found, config={**first, **inner["config"], "name": held.get("name")})
    tree.convert(raw, "pruned")
    yield f"{_WRAPPER} is the {raw['class_name']} that it holds"


step = Step(
    name="pruning",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/tensorflow/model-optimization/blob/v0.7.5/tensorflow_model_optimization/python/core/sparsity/keras/prune.py",
)


def bad() -> Any:
    """A pruned Dense."""
    return made(_WRAPPER, "prune_dense", layer=made("Dense", "dense", units=3))


def good() -> Any:
    """A Dense."""
    return made("Dense", "dense", units=3)
