"""How the layers of a configuration hang together, in the forms of Keras 1, 2 and 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from saveguard.facts import Node

Shape = tuple[int | None, ...]


class Read(NamedTuple):
    """One tensor that a layer is called with.

    Attributes:
        layer: The layer that made it.
        call: Which of that layer's calls.
        output: Which of that call's outputs.
        shape: Its shape; None where the configuration does not tell, as before Keras 3.
    """

    layer: str
    call: int
    output: int
    shape: Shape | None = None


def root(nodes: tuple[Node, ...]) -> Node | None:
    """The model itself, where the archive has a configuration."""
    return next((node for node in nodes if node.path == "$" and node.role == "model"), None)


def layers(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The layers of a model's dictionary as they are written; empty of one that has none.

    A Sequential before Keras 2.2.3 is a list of layers.
    """
    config = model.get("config")
    found = config.get("layers") if isinstance(config, dict) else config
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def config(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of a layer; empty where they are no dictionary."""
    found = layer.get("config")
    return found if isinstance(found, dict) else {}


def name(layer: Mapping[str, Any]) -> str:
    """What a layer is called in its model."""
    found = config(layer).get("name") or layer.get("name")
    return found if isinstance(found, str) else ""


def reads(layer: Mapping[str, Any]) -> Iterator[Read]:
    """Every tensor that a layer is called with, in all of its calls."""
    ahead = [layer.get("inbound_nodes")]
    while ahead:
        part = ahead.pop()
        found = reference(part)
        if found is not None:
            yield found
        if isinstance(part, list):
            # What follows the three of a reference are the call's other arguments.
            ahead += reversed(part[3:] if found else part)
        elif isinstance(part, dict) and found is None:
            ahead += reversed(part.values())


def reference(part: Any) -> Read | None:
    """The tensor that a part of a configuration stands for, if it is one.

    Keras 3 writes a dictionary with a `keras_history`; before, and for a model's inputs and
    outputs, it is a list of a name and two numbers.
    """
    shape = None
    if isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
        tensor = config(part)
        part, shape = tensor.get("keras_history"), axes(tensor.get("shape"))
    if not isinstance(part, list) or len(part) < 3 or not isinstance(part[0], str):
        return None
    layer, call, output = part[:3]
    return Read(layer, call, output, shape) if type(call) is type(output) is int else None


def axes(shape: Any) -> Shape | None:
    """A shape as Keras writes it: a list, or an object that holds one; None if it is neither."""
    if isinstance(shape, dict) and shape.get("class_name") in ("__tuple__", "TensorShape"):
        shape = shape.get("items")
    if not isinstance(shape, list) or not all(n is None or type(n) is int for n in shape):
        return None
    return tuple(shape)
