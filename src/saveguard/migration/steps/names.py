"""Names that Keras refuses, or that make `predict` raise.

## Recognises

A slash in the name of a layer or model, which the constructor refuses; `=`, `(`, `[`, blanks
and other characters that TensorFlow's scopes refuse, where `predict` is the first to notice.

## Rewrites

Each such character becomes an underscore, in the name and in all that refers to it.

## Why

Keras 3 builds paths of names with slashes. TensorFlow takes letters, digits and `_ . - /` in
the name of a scope.

## Result

Equal. Whoever looks a layer, or a named input or output, up by its name finds it by the new
one.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py (Operation.__init__)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import wiring
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step

_REFUSED = re.compile(r"[^A-Za-z0-9_.\\-]+")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    held = settings(node)
    if node.path == "$" and isinstance(held.get("name"), str):
        new = _allowed(held["name"])
        if new != held["name"]:
            yield f"the model {held['name']!r} is called {new!r}"
            held["name"] = new
    layers = held.get("layers")
    if isinstance(layers, list):
        for before, after in _renamed(layers):
            if wiring.is_graph(node.raw):  # type: ignore[arg-type]
                wiring.redirect(node.raw, before, after)  # type: ignore[arg-type]
                for end in wiring.ends(held.get("input_layers")):
                    end[0] = after if end[0] == before else end[0]
            yield f"the layer {before!r} is called {after!r}"


def _renamed(layers: list[Raw]) -> Iterator[tuple[str, str]]:
    taken = {str(layer.get("name") or _config(layer).get("name")) for layer in layers}
    for layer in layers:
        name = layer.get("name") or _config(layer).get("name")
        if isinstance(name, str) and _allowed(name) != name:
            new = wiring.unused(_allowed(name), taken)
            for holder in (layer, _config(layer)):
                if "name" in holder:
                    holder["name"] = new
            yield name, new


def _config(layer: Raw) -> Raw:
    config = layer.get("config")
    return config if isinstance(config, dict) else {}


def _allowed(name: str) -> str:
    new = _REFUSED.sub("_", name)
    return new if new[:1].isalnum() or new[:1] == "." else f"layer{new}"


step = Step(
    name="names",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/operation.py",
    on=(
        "model",
        "layer",
    ),
)


def bad() -> Any:
    """A slash in a name."""
    return {
        "class_name": "Sequential",
        "config": {"name": "m", "layers": [made("Dense", "block/dense", units=2)]},
    }


def good() -> Any:
    """None."""
    return {
        "class_name": "Sequential",
        "config": {"name": "m", "layers": [made("Dense", "block_dense", units=2)]},
    }
