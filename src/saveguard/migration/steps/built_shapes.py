"""How a layer was built, in a `.keras` file of tf.keras.

## Recognises

`build_config` and `compile_config` beside the configuration of a model or layer, in a `.keras`
file older than Keras 3.

## Rewrites

They are dropped: the layers of a graph are built when they are called. How the model was
compiled is carried over apart from it.

## Why

Keras 3 hands `build_config` to `build`, which takes other arguments for MultiHeadAttention, for
recurrent layers with initial states, and others.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import made
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    node.raw.pop("compile_config", None)  # type: ignore[attr-defined]
    if old.numbers < (3,) and node.raw.pop("build_config", None):  # type: ignore[attr-defined]
        yield "it is built when it is called"


step = Step(
    name="built-shapes",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """A shape of tf.keras 2.15."""
    return made("Dense", "dense", units=2) | {
        "build_config": {"input_shape": [None, 4]},
    }


def good() -> Any:
    """Without."""
    return made("Dense", "dense", units=2)
