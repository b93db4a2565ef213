"""RandomHeight and RandomWidth.

## Recognises

The augmenting layers RandomHeight and RandomWidth of tf.keras.

## Rewrites

Identity.

## Why

Keras 3.0 removed them. Outside of training they handed their inputs on; a further training of
the new model goes without that augmentation.

## Result

Equal, outside of training.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/preprocessing/image_preprocessing.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name in ("RandomHeight", "RandomWidth") and node.class_name not in old.custom:
        raw: Raw = node.raw  # type: ignore[assignment]
        held = settings(node)
        raw["class_name"] = "Identity"
        raw["config"] = {key: held[key] for key in ("name", "dtype", "trainable") if key in held}
        yield f"{node.class_name} hands its inputs on, as it did outside of training"


step = Step(
    name="random-sizes",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/preprocessing/image_preprocessing.py",
)


def bad() -> Any:
    """A random height."""
    return made("RandomHeight", "randomheight", factor=0.1)


def good() -> Any:
    """A rotation."""
    return made("RandomRotation", "randomrotation", factor=0.1)
