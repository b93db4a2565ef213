"""ThresholdedReLU.

## Recognises

The layer ThresholdedReLU with its `theta`.

## Rewrites

`ReLU(threshold=theta)`.

## Why

Keras 3.0 removed the layer; ReLU took a threshold since Keras 2.2.3, and both give x above it
and zero below.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/activation/thresholded_relu.py
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/activations/relu.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import made, settings
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name == "ThresholdedReLU" and node.class_name not in old.custom:
        theta = settings(node).pop("theta", 1.0)
        settings(node)["threshold"] = theta
        node.raw["class_name"] = "ReLU"  # type: ignore[index]
        yield f"ThresholdedReLU is ReLU(threshold={theta})"


step = Step(
    name="thresholded-relu",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/activations/relu.py",
)


def bad() -> Any:
    """The layer."""
    return made("ThresholdedReLU", "thresholdedrelu", theta=0.5)


def good() -> Any:
    """What replaces it."""
    return made("ReLU", "relu", threshold=0.5)
