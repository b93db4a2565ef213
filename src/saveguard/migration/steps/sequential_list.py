"""A Sequential model whose configuration is a bare list of layers.

## Recognises

`{"class_name": "Sequential", "config": [...]}`, as Keras wrote it until 2.2.2.

## Rewrites

`{"class_name": "Sequential", "config": {"name": "sequential", "layers": [...]}}`.

## Why

Keras 2.2.3 added the model's name, and with it the dictionary; Keras 3 reads nothing else.

## Result

Equal.

## References

- https://github.com/keras-team/keras/pull/10973
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    layers = node.raw.get("config")
    if node.class_name == "Sequential" and isinstance(layers, list):
        place = "_".join(re.findall(r"\d+", node.path))
        name = node.raw.get("name") or f"sequential_{place}".rstrip("_")
        node.raw["config"] = {"name": name, "layers": layers}  # type: ignore[index]
        yield f"the list of {len(layers)} layers becomes a dictionary with a name"


step = Step(
    name="sequential-list",
    rewrite=_rewrite,
    changed="2.2.3",
    source="https://github.com/keras-team/keras/pull/10973",
    on=("model", "layer"),
)


def bad() -> Any:
    """A list."""
    return {"class_name": "Sequential", "config": []}


def good() -> Any:
    """A dictionary."""
    return {"class_name": "Sequential", "config": {"name": "m", "layers": []}}
