"""The calls of a Functional model's layers on each other, in the loader's order.

After `functional_from_config` in keras/src/models/functional.py: every layer is made, then each is
called on the tensors that its nodes name, as soon as these exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from saveguard.facts import Node
from saveguard.revive.stop import Stop

KEYS = ("name", "layers", "input_layers", "output_layers")
_MODELS = {"Functional", "Model", "Sequential"}
_RECURRENT = {"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}
# Their `build` needs the shapes of tensors that Keras 2 handed on beside the first.
_BESIDE = {"MultiHeadAttention": ("value", "key"), "GroupQueryAttention": ("value", "key")}
# Operations of Keras 3 with the name of a layer, which takes its tensors in one list.
_MERGES = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
_CONSTANT = "_CONSTANT_VALUE"


class Reference(NamedTuple):
    """One tensor: the layer that gives it, and which of the layer's calls."""

    layer: str
    call: int


class Wiring(NamedTuple):
    """The layers of one model, as the loader sees them.

    Attributes:
        made: Calls that each layer has had; an input layer begins with one.
        waiting: Calls that are still to be made, as written, by layer.
        classes: The class of each layer.
        paths: The JSON path of each layer.
        unnamed: Layers that are written without their module.
    """

    made: dict[str, int]
    waiting: dict[str, list[Any]]
    classes: dict[str, str]
    paths: dict[str, str]
    unnamed: set[str]


def is_functional(node: Node) -> bool:
    """Whether a node's configuration holds a graph of layers."""
    return all(key in node.config for key in KEYS) and isinstance(node.config["layers"], list)


def unwired(node: Node) -> Iterator[Stop]:
    """The first place at which the calls of a model's layers cannot be repeated."""
    wiring = _read(node)
    yield from _repeated(node)
    while wiring.waiting:
        progress = False
        for layer in list(wiring.waiting):
            stop, done = _called(node, wiring, layer)
            if stop:
                yield stop
                return
            progress |= done
        if not progress:
            yield _stuck(node, wiring)
            return
    yield from _outputs(node, wiring)


def _read(node: Node) -> Wiring:
    wiring = Wiring({}, {}, {}, {}, set())
    for index, layer in enumerate(node.config["layers"]):
        if not isinstance(layer, dict) or not isinstance(layer.get("name"), str):
            continue
        name, calls = layer["name"], layer.get("inbound_nodes")
        wiring.classes[name] = str(layer.get("class_name"))
        wiring.paths[name] = f"{node.path}.config.layers[{index}]"
        if "module" not in layer:
            wiring.unnamed.add(name)
        wiring.made[name] = int(wiring.classes[name] == "InputLayer")
        if isinstance(calls, list) and calls:
            wiring.waiting[name] = list(calls)
    return wiring


def _repeated(node: Node) -> Iterator[Stop]:
    """Two layers of one name, which a Functional model refuses."""
    layers = [layer for layer in node.config["layers"] if isinstance(layer, dict)]
    inner = (layer.get("config") for layer in layers)
    counts = Counter(str(c["name"]) for c in inner if isinstance(c, dict) and c.get("name"))
    for name, count in counts.items():
        if count > 1:
            yield Stop(
                kind="name",
                path=f"{node.path}.config.layers",
                prints=f'The name "{name}" is used {count} times in the model. All operation names'
                " should be unique.",
                node=node,
                turn=f"{node.path}.~",
                values={"name": name},
            )
            return


def _called(node: Node, wiring: Wiring, layer: str) -> tuple[Stop | None, bool]:
    """Make the calls of one layer that can be made: what stops it, and whether any was made."""
    calls, done = wiring.waiting[layer], False
    while calls:
        tensors = references(calls[0])
        if tensors is None:
            return _stop(node, wiring, layer, "call-flat", _FLAT), done
        for tensor in tensors:
            if tensor.layer not in wiring.made:
                told = f"Invalid Functional model configuration. Missing node: {tensor.layer}"
                kind = "constant" if tensor.layer == _CONSTANT else "call-missing"
                return _stop(node, wiring, layer, kind, told, tensor.layer), done
        if any(wiring.made[tensor.layer] <= tensor.call for tensor in tensors):
            return None, done
        stop = _refused(node, wiring, layer, calls[0], len(tensors))
        if stop:
            return stop, done
        wiring.made[layer] += 1
        calls.pop(0)
        done = True
    del wiring.waiting[layer]
    return None, True


_FLAT = (
    "Invalid Functional model configuration. The graph of the Functional model either has loops"
    " or disconnected nodes."
)


def references(call: Any) -> list[Reference] | None:
    """The tensors that one call takes, or None where the loader cannot read it."""
    if isinstance(call, dict):
        return list(_histories(call))
    found = []
    for entry in call if isinstance(call, list) else ():
        if not isinstance(entry, list) or len(entry) not in (3, 4):
            return None
        if not isinstance(entry[0], str) or not isinstance(entry[1], int):
            return None
        found.append(Reference(entry[0], entry[1]))
    return found


def _histories(value: Any) -> Iterator[Reference]:
    """The Keras tensors inside the arguments of a call, as Keras 3 writes them."""
    ahead = [value]
    while ahead:
        match ahead.pop():
            case {"class_name": "__keras_tensor__", "config": {"keras_history": [name, call, *_]}}:
                yield Reference(str(name), call if isinstance(call, int) else 0)
            case dict(inner):
                ahead += inner.values()
            case list(inner):
                ahead += inner


def _refused(node: Node, wiring: Wiring, layer: str, call: Any, count: int) -> Stop | None:
    """A call that the layer of Keras 3 does not take."""
    name = wiring.classes[layer]
    if not isinstance(call, list):
        return _operation(node, wiring, layer, call)
    if name in _RECURRENT and count > 1:
        told = f'Layer "{layer}" expects 1 input(s), but it received {count} input tensors.'
        return _stop(node, wiring, layer, "initial-state", told)
    last = call[-1][3] if call and len(call[-1]) == 4 else {}
    for key in _BESIDE.get(name, ()):
        if isinstance(last, Mapping) and is_reference(last.get(key), wiring):
            told = f"{name}.build() missing 1 required positional argument: '{key}_shape'"
            return _stop(node, wiring, layer, "call-argument", told, key)
    return None


def _operation(node: Node, wiring: Wiring, layer: str, call: Any) -> Stop | None:
    """An operation in an `.h5` file, where its name alone makes a layer of it."""
    tensors = call.get("args") if isinstance(call, dict) else None
    named_only = layer in wiring.unnamed and wiring.classes[layer] in _MERGES
    if named_only and isinstance(tensors, list) and len(tensors) > 1:
        return _stop(node, wiring, layer, "keras-operation", "too many positional arguments")
    return None


def is_reference(value: Any, wiring: Wiring) -> bool:
    """Whether a value in a call's arguments was a tensor: a layer's name and two numbers."""
    return isinstance(value, list) and len(value) in (3, 4) and value[0] in wiring.made


def _stuck(node: Node, wiring: Wiring) -> Stop:
    """The calls that wait for each other, or for a call that is never made."""
    layer = next(iter(wiring.waiting))
    tensors = references(wiring.waiting[layer][0]) or []
    late = next((t for t in tensors if wiring.made[t.layer] <= t.call), None)
    source = late.layer if late else layer
    nested = wiring.classes.get(source) in _MODELS
    return _stop(node, wiring, layer, "call-nested" if nested else "call-stuck", _FLAT, source)


def _outputs(node: Node, wiring: Wiring) -> Iterator[Stop]:
    """Outputs that name a call which is never made."""
    for reference in leaves(node.config["output_layers"]):
        made = wiring.made.get(reference.layer)
        if made is None:
            continue
        nested = wiring.classes[reference.layer]
        call = reference.call - (nested in ("Functional", "Model"))
        if not -made <= call < made:
            yield _stop(
                node, wiring, reference.layer, "call-nested", "list index out of range",
                reference.layer,
            )  # fmt: skip
            return


def leaves(value: Any) -> Iterator[Reference]:
    """The `[layer, call, tensor]` in a nested structure of outputs."""
    ahead = [value]
    while ahead:
        match ahead.pop():
            case [str(name), int(call), int()]:
                yield Reference(name, call)
            case dict(inner):
                ahead += reversed(inner.values())
            case list(inner):
                ahead += reversed(inner)


def _stop(node: Node, wiring: Wiring, layer: str, kind: str, prints: str, source: str = "") -> Stop:
    return Stop(
        kind=kind,
        path=f"{wiring.paths[layer]}.inbound_nodes",
        prints=prints,
        node=node,
        turn=f"{node.path}.~",
        values={"layer": layer, "class": wiring.classes[layer], "source": source},
    )
