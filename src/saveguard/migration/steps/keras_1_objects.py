"""Regularizers, constraints and initializers of Keras 1.

## Recognises

`{"name": "WeightRegularizer", "l2": 0.01}`, `{"name": "MaxNorm", "m": 2}`, and initializers
under their first names: `zero`, `one`, `uniform`, `normal`.

## Rewrites

The classes of today with the same numbers.

## Why

Keras 2.0 writes a class with its configuration.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/1.2.2/keras/regularizers.py
- https://github.com/keras-team/keras/blob/1.2.2/keras/constraints.py
- https://github.com/keras-team/keras/blob/1.2.2/keras/initializations.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import Raw, made, settings
from saveguard.migration.step import Old, Step

_FIRST = {"zero": "zeros", "one": "ones", "uniform": "random_uniform", "normal": "random_normal"}
_NORMS = {"maxnorm": "MaxNorm", "nonneg": "NonNeg", "unitnorm": "UnitNorm"}


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers >= (3,):
        return
    held = settings(node)
    for argument, value in held.items():
        if argument.endswith("initializer") and isinstance(value, str) and value in _FIRST:
            held[argument] = _FIRST[value]
            yield f"the initializer {value} is {_FIRST[value]}"
        elif isinstance(value, dict) and "name" in value and "class_name" not in value:
            new = _object(argument, value)
            if new:
                held[argument] = new
                yield f"{value['name']} is {new['class_name']}"


def _object(argument: str, value: Raw) -> Raw | None:
    name = str(value["name"])
    if argument.endswith("regularizer"):
        config = {key: float(value.get(key, 0.0)) for key in ("l1", "l2")}
        return {"class_name": "L1L2", "config": config}
    if argument.endswith("constraint"):
        known = _NORMS.get(name.lower(), name)
        config = {"axis": value["axis"]} if "axis" in value else {}
        if known == "MaxNorm":
            config["max_value"] = value.get("m", 2)
        return {"class_name": known, "config": config}
    return None


step = Step(
    name="keras-1-objects",
    rewrite=_rewrite,
    changed="2.0",
    source="https://github.com/keras-team/keras/blob/1.2.2/keras/regularizers.py",
)


def bad() -> Any:
    """A penalty."""
    return made(
        "Dense",
        "dense",
        units=2,
        kernel_regularizer={"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01},
    )


def good() -> Any:
    """A penalty of today."""
    return made(
        "Dense", "dense", units=2, kernel_regularizer={"class_name": "L1L2", "config": {"l2": 0.01}}
    )
