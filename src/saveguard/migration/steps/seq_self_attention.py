"""SeqSelfAttention of keras-self-attention.

## Recognises

SeqSelfAttention with additive scores, over the whole sequence and without `return_attention`.

## Rewrites

A Functional model in its place and under its name: two Dense layers for the two places, their
sums through tanh, a Dense layer of one unit, softmax, and the product with the inputs.

## Why

keras-self-attention works with Keras 2 alone. The arrays are its own. It took its activation before
the softmax, and a mask for scores less 10000; the model takes no mask.

## Result

Equal, but for the order of additions, where no mask comes in.

## References

- https://github.com/CyberZHG/keras-self-attention/blob/master/keras_self_attention/seq_self_attention.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration import tree, wiring
from saveguard.migration.parts import Raw, made, operation, settings
from saveguard.migration.step import SHAPED, Old, Step

_CLASS = "SeqSelfAttention"
_ELSE = ("attention_width", "return_attention", "history_only")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    held = settings(node)
    if node.class_name != _CLASS or _CLASS in old.custom or any(held.get(key) for key in _ELSE):
        return
    shapes = old.shapes.get(str(node.raw.get(tree.ORIGIN, "")), ())
    if held.get("attention_type") != "additive" or not shapes:
        return
    layers = list(_layers(held, features=shapes[0][0]))
    ends = {"input_layers": ["sequence", 0, 0], "output_layers": ["attended", 0, 0]}
    config = {"name": node.name, "layers": layers, **ends}
    raw: Raw = node.raw  # type: ignore[assignment]
    raw.update({"class_name": "Functional", "config": config})
    tree.convert(raw)
    yield f"{_CLASS} is a model of the operations that it was; it takes no mask"


def _layers(held: Raw, features: int) -> Iterator[Raw]:
    units, biased = held["units"], bool(held.get("use_additive_bias", True))
    activation = held.get("attention_activation") or "linear"
    scored = made("Dense", "scored", units=1, use_bias=bool(held.get("use_attention_bias", True)))
    entry = made("InputLayer", "sequence", batch_shape=[None, None, features])
    yield entry | {"inbound_nodes": []}
    yield _called(made("Dense", "from", units=units, use_bias=False), "sequence")
    yield _called(made("Dense", "to", units=units, use_bias=biased), "sequence")
    yield _called(operation("numpy", "ExpandDims", "rows", axis=2), "from")
    yield _called(operation("numpy", "ExpandDims", "columns", axis=1), "to")
    yield _called(operation("numpy", "Add", "pairs"), "rows", "columns")
    yield _called(made("Activation", "bent", activation="tanh"), "pairs")
    yield _called(scored, "bent")
    yield _called(operation("numpy", "Squeeze", "scores", axis=-1), "scored")
    yield _called(made("Activation", "active", activation=activation), "scores")
    yield _called(made("Activation", "weights", activation="softmax"), "active")
    yield _called(operation("numpy", "Matmul", "attended"), "weights", "sequence")


def _called(layer: Raw, *tensors: str) -> Raw:
    args = [wiring.tensor(name) for name in tensors]
    return layer | {"inbound_nodes": [{"args": args, "kwargs": {}}]}


step = Step(
    name="seq-self-attention",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/CyberZHG/keras-self-attention",
)


def bad() -> Any:
    """Attention over a sequence of five features."""
    config = {"units": 6, "attention_type": "additive", "attention_activation": "sigmoid"}
    return made(_CLASS, "attention", **config) | {tree.ORIGIN: SHAPED}


def good() -> Any:
    """Attention of Keras's own."""
    return made("Attention", "attention")
