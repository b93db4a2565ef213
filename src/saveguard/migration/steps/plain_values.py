"""Tuples, shapes and arrays as the JSON writers of Keras 2 spelled them.

## Recognises

`{"class_name": "__tuple__", "items": [...]}`, `{"class_name": "TensorShape", "items": [...]}`
and `{"type": "ndarray", "value": ...}`.

## Rewrites

The list or the number.

## Why

tf.keras 2.2 to 2.15 wrote them into the arguments of layers, and Keras 2.0 to 2.2 the last; the
constructors of Keras 3 take them as they stand, and fail on a dictionary.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v2.15.0/keras/saving/legacy/serialization.py
- https://github.com/keras-team/keras/blob/v2.15.0/keras/saving/legacy/saved_model/json_utils.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    config = node.raw.get("config")
    if node.path != "$" or old.numbers >= (3,):
        return
    found: list[str] = []
    plain = _plain(config, found)
    if found:
        node.raw["config"] = plain  # type: ignore[index]
        yield f"{len(found)} values are written plainly: {', '.join(sorted(set(found)))}"


def _plain(value: Any, found: list[str]) -> Any:
    if isinstance(value, list):
        return [_plain(one, found) for one in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("class_name")
    if kind in ("__tuple__", "TensorShape") and "items" in value:
        found.append(kind)
        return _plain(value["items"], found)
    if value.get("type") == "ndarray" and set(value) == {"type", "value"}:
        found.append("ndarray")
        return value["value"]
    return {key: _plain(one, found) for key, one in value.items()}


step = Step(
    name="plain-values",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v2.15.0/keras/saving/legacy/saved_model/json_utils.py",
    on=("model",),
)


def bad() -> Any:
    """A slope as an array."""
    return {
        "class_name": "Sequential",
        "config": {"layers": [{"alpha": {"type": "ndarray", "value": 0.3}}]},
    }


def good() -> Any:
    """A slope as a number."""
    return {"class_name": "Sequential", "config": {"layers": [{"alpha": 0.3}]}}
