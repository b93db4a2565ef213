"""What the steps share: settings of an object, and objects as today's Keras writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from saveguard import known
from saveguard.facts import Node

Raw = dict[str, Any]
_MISSING = object()


def settings(node: Node) -> Raw:
    """The arguments of an object, to be changed in place; an empty dictionary if it has none."""
    config = node.raw.get("config")
    return config if isinstance(config, dict) else {}


def today() -> known.Release:
    """The release that the configuration is rewritten for."""
    return known.release(known.LATEST)


def anything(_value: Any) -> bool:
    """Whatever the value of an argument is, it made no difference to the outputs."""
    return True


def dropped(
    node: Node, argument: str, neutral: Callable[[Any], bool] = lambda value: not value
) -> Iterator[str]:
    """Drop an argument that Keras no longer takes, if its value made no difference."""
    held = settings(node)
    value = held.get(argument, _MISSING)
    if value is not _MISSING and neutral(value):
        del held[argument]
        yield f"{argument}={value!r} is dropped, as Keras has no such argument any more"


def renamed(node: Node, old: str, new: str) -> Iterator[str]:
    """Give an argument its present name."""
    held = settings(node)
    if old in held:
        value = held.pop(old)
        held.setdefault(new, value)
        yield f"{old} is called {new} now"


def made(class_name: str, name: str, **config: Any) -> Raw:
    """A layer of Keras's own, in a model."""
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}}


def operation(place: str, class_name: str, name: str, **config: Any) -> Raw:
    """An operation of `keras.ops`, as a node of a Functional model."""
    return {
        "module": f"keras.src.ops.{place}",
        "class_name": class_name,
        "name": name,
        "config": {"name": name, **config},
        "registered_name": class_name,
    }


def described(value: Any) -> str:
    """A value in a few words."""
    told = repr(value)
    return told if len(told) <= 60 else f"{told[:57]}..."
