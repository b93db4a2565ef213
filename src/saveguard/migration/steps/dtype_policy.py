"""The dtype policy of a layer.

## Recognises

`{"class_name": "Policy", "config": {"name": "mixed_float16"}}`, `PolicyV1`, a policy by its
name in the place of a dtype, `infer`, and a dtype that is null.

## Rewrites

`DTypePolicy` of Keras 3; a plain dtype is written by its name, and null and `infer` are
dropped.

## Why

tf.keras had the class under `tf.keras.mixed_precision`; Keras 3 knows it as
`keras.DTypePolicy`, and takes a name only where the loader of `.keras` files reads it.

## Result

Equal, for the same arithmetic in half precision.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/dtype_policies/dtype_policy.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import made, settings
from saveguard.migration.step import Old, Step

_PLAIN = ("float", "int", "uint", "bool", "string", "bfloat", "complex")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers >= (3,) or "dtype" not in settings(node):
        return
    held = settings(node)
    value = held["dtype"]
    name = value
    if isinstance(value, dict) and str(value.get("class_name")).startswith(
        ("Policy", "DTypePolicy")
    ):
        name = (value.get("config") or {}).get("name")
    if name in (None, "infer", "_infer"):
        del held["dtype"]
        yield f"dtype={value!r} is the default"
    elif isinstance(name, str) and name.endswith("_ref"):
        held["dtype"] = name.removesuffix("_ref")
        yield f"dtype {name} is {held['dtype']}"
    elif isinstance(name, str) and name.startswith(_PLAIN) and value != name:
        held["dtype"] = name
        yield f"the policy {name} is written as a dtype"
    elif isinstance(name, str) and name.startswith("mixed") and not _is_new(value):
        held["dtype"] = {
            "module": "keras",
            "class_name": "DTypePolicy",
            "config": {"name": name},
            "registered_name": None,
        }
        yield f"the policy {name} is keras.DTypePolicy"


def _is_new(value: Any) -> bool:
    return isinstance(value, dict) and value.get("module") == "keras"


step = Step(
    name="dtype-policy",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/dtype_policies/dtype_policy.py",
    on=(
        "layer",
        "model",
    ),
)


def bad() -> Any:
    """A policy of tf.keras."""
    return made(
        "Dense",
        "dense",
        units=2,
        dtype={"class_name": "Policy", "config": {"name": "mixed_float16"}},
    )


def good() -> Any:
    """A dtype."""
    return made("Dense", "dense", units=2, dtype="float32")
