"""What the loader hands to a constructor, held against what the constructor takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.facts import Node
from saveguard.known import Symbol
from saveguard.revive.naming import way
from saveguard.revive.stop import Stop

# The loader of old files takes these out of a Lambda (LAMBDA_DEP_ARGS in saving_utils.py).
_LAMBDA = ("module", "function_type", "output_shape_type", "output_shape_module")
# Keras makes these by other means than their constructor.
_GRAPHS = {"Sequential", "Functional", "Model"}
# Read by their `from_config` without a default.
_READ = {
    "Rescaling": ("scale", "offset"),
    "TextVectorization": ("standardize", "split", "ngrams"),
    "Lambda": ("function",),
    "Constant": ("value",),
    "RNN": ("cell",),
    "StackedRNNCells": ("cells",),
    "Bidirectional": ("layer",),
    "TimeDistributed": ("layer",),
    "SpectralNormalization": ("layer",),
    "Wrapper": ("layer",),
}


def handed(node: Node) -> Mapping[str, Any]:
    """The keyword arguments with which a node's class is called."""
    config = dict(node.config)
    if way(node) != "layers":
        return config
    shape = config.pop("batch_input_shape", None)
    if shape is not None:
        config["batch_shape" if node.class_name == "InputLayer" else "input_shape"] = shape
    axis = config.pop("axis", None)
    if isinstance(axis, int | float) or (isinstance(axis, list) and len(axis) == 1):
        config["axis"] = axis
    if node.class_name == "Lambda":
        for name in _LAMBDA:
            config.pop(name, None)
    return config


def is_graph(symbol: Symbol) -> bool:
    """Whether the loader makes such an object of its layers, not by its constructor."""
    return symbol.role == "model" and symbol.name in _GRAPHS


def refused(node: Node, symbol: Symbol) -> Iterator[Stop]:
    """Arguments that the constructor does not take, and those that it lacks."""
    if symbol.function or is_graph(symbol):
        return
    given = handed(node)
    extra = [name for name in given if not symbol.takes(name)]
    if extra:
        name = _as_written(node, extra[0])
        yield Stop(
            kind="argument",
            path=f"{node.path}.config.{name}",
            prints=_refusal(symbol, {key: given[key] for key in extra}),
            node=node,
            values={"argument": name, "arguments": ", ".join(extra), "class": symbol.path},
        )
    lacking = [name for name in _READ.get(symbol.name, ()) if name not in given]
    lacking = lacking or [name for name in symbol.required if name not in given]
    if lacking and not extra:
        yield Stop(
            kind="missing-argument",
            path=f"{node.path}.config",
            prints=_missing(symbol, lacking),
            node=node,
            values={"argument": lacking[0], "class": symbol.path},
        )


def _as_written(node: Node, name: str) -> str:
    return "batch_input_shape" if name == "input_shape" and name not in node.config else name


def _refusal(symbol: Symbol, extra: Mapping[str, Any]) -> str:
    """The message: of `Layer`, where the class hands on what it does not know; else of Python."""
    if symbol.takes("autocast") and symbol.takes("input_shape"):
        return f"Unrecognized keyword arguments passed to {symbol.name}: {_short(extra)}"
    if not symbol.arguments:
        return f"{symbol.name}() takes no arguments"
    first = next(iter(extra))
    return f"{symbol.name}.__init__() got an unexpected keyword argument '{first}'"


def _missing(symbol: Symbol, names: list[str]) -> str:
    if symbol.name in _READ and names[0] in _READ[symbol.name]:
        return f"KeyError: '{names[0]}'"
    told = " and ".join(f"'{name}'" for name in names)
    plural = "s" * (len(names) > 1)
    return (
        f"{symbol.name}.__init__() missing {len(names)} required positional argument{plural}:"
        f" {told}"
    )


def _short(values: Mapping[str, Any]) -> str:
    told = repr(dict(values))
    return told if len(told) <= 200 else told[:200] + "..."
