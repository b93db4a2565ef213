"""Attention in the words of tf.keras.

## Recognises

`causal` of Attention and AdditiveAttention; `query_shape`, `key_shape` and `value_shape` of
MultiHeadAttention.

## Rewrites

A `causal` that is true becomes `use_causal_mask` in every call of the layer; the shapes are
dropped, as the layer sees them when it is called.

## Why

tf.keras 2.10 moved the one from the layer to the call, Keras 3 removed it; the shapes were
written so that a SavedModel could be restored.

## Result

Equal.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/attention/attention.py
- https://github.com/keras-team/keras/blob/v2.15.0/keras/layers/attention/multi_head_attention.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped, made, settings
from saveguard.migration.step import Old, Step


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if node.class_name == "MultiHeadAttention" and old.numbers < (3,):
        for argument in ("query_shape", "key_shape", "value_shape"):
            yield from dropped(node, argument, anything)
    if node.class_name not in ("Attention", "AdditiveAttention"):
        return
    causal = settings(node).pop("causal", None)
    if causal is not None:
        calls = [call for call in node.raw.get("inbound_nodes") or () if "kwargs" in call]
        for call in calls if causal else ():
            call["kwargs"]["use_causal_mask"] = True
        yield "causal is an argument of the call now" if causal else "causal=False is dropped"


step = Step(
    name="attention",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/attention/attention.py",
)


def bad() -> Any:
    """As tf.keras 2.4 writes it."""
    return made("Attention", "attention", causal=False, use_scale=True)


def good() -> Any:
    """As Keras 3 writes it."""
    return made("Attention", "attention", use_scale=True)
