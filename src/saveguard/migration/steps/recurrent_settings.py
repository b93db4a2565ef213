"""How a recurrent layer of Keras 2 was to be computed.

## Recognises

`implementation`, `input_length`, `enable_caching_device`, `return_runtime`, `num_constants` and
`reverse_state_order` of recurrent layers and their cells.

## Rewrites

They are dropped; `reverse_state_order` only where it is false, `num_constants` where it is none.

## Why

They chose between ways to compute the same thing (`implementation`: 0, 1 or 2), or were advice to
the graph. Keras 3.0 has one way.

## Result

Equal, but for the order of additions inside the matrix products.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/lstm.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import anything, dropped, made, settings, today
from saveguard.migration.step import Old, Step

_ANY = ("implementation", "input_length", "enable_caching_device", "return_runtime")
_NEUTRAL = ("num_constants", "reverse_state_order", "consume_less")
_RECURRENT = ("RNN", "LSTM", "GRU", "Bidirectional", "Stacked")


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    if old.numbers >= (3,) or not any(word in node.class_name for word in _RECURRENT):
        return
    symbol = today().symbol(node.class_name, role="layer")
    for argument in [one for one in _ANY if symbol and not symbol.takes(one)]:
        yield from dropped(node, argument, anything)
    if "implementation" in settings(node):
        del settings(node)["implementation"]
        yield "implementation is dropped: Keras has one way to compute it"
    for argument in _NEUTRAL:
        yield from dropped(node, argument)


step = Step(
    name="recurrent-settings",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/rnn/lstm.py",
)


def bad() -> Any:
    """As Keras 2 writes it."""
    return made("LSTM", "lstm", units=2, implementation=1)


def good() -> Any:
    """Without."""
    return made("LSTM", "lstm", units=2)
