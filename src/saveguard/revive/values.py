"""Values that a constructor of Keras 3 refuses, though Keras 2 wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.known import Release, Symbol
from saveguard.revive.naming import LEGACY, way
from saveguard.revive.stop import Stop

# What `DTypePolicy` and `standardize_dtype` take by name.
_DTYPES = {
    "bfloat16",
    "bool",
    "double",
    "float",
    "float16",
    "float32",
    "float64",
    "float8_e4m3fn",
    "float8_e5m2",
    "half",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "mixed_bfloat16",
    "mixed_float16",
    "string",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
}
_QUANTIZED = ("int8", "int4", "float8", "gptq", "awq")
# A layer's string is taken for a function of `keras.layers` where one has that name (legacy
# files only), which its constructor then does not understand.
_MISTAKEN = {("Attention", "score_mode"): ("dot",)}


def names(node: Node, symbol: Symbol) -> Iterator[Stop]:
    """A name that `Operation.__init__` refuses."""
    name = node.config.get("name")
    if symbol.role not in ("layer", "model") or name is None:
        return
    if not isinstance(name, str) or "/" in name:
        yield Stop(
            kind="name",
            path=f"{node.path}.config.name",
            prints="Argument `name` must be a string and cannot contain character `/`."
            f" Received: name={name} (of type {type(name)})",
            node=node,
            values={"name": str(name)},
        )


def dtypes(node: Node, symbol: Symbol, release: Release) -> Iterator[Stop]:
    """A dtype, or a policy, that a layer of this release does not know."""
    dtype = node.config.get("dtype")
    if symbol.role != "layer" or not symbol.takes("dtype") or dtype is None:
        return
    prints = _unreadable(dtype, release)
    if prints:
        yield Stop(
            kind="dtype",
            path=f"{node.path}.config.dtype",
            prints=prints,
            node=node,
            values={"dtype": str(dtype.get("class_name") if isinstance(dtype, dict) else dtype)},
        )


def _unreadable(dtype: Any, release: Release) -> str:
    """What Keras says to a dtype that it cannot read; empty where it can."""
    if isinstance(dtype, dict):
        if release.numbers < (3, 4):
            return f"Cannot interpret `dtype` argument. Received: dtype={dtype}"
        known = release.short_names.get("dtype", {})
        if dtype.get("class_name") in known or "class_name" not in dtype:
            return ""
        return "'str' object has no attribute 'quantization_mode'"
    if not isinstance(dtype, str) or dtype in _DTYPES or dtype.startswith(_QUANTIZED):
        return ""
    return f"Cannot convert '{dtype}' to a mixed precision DTypePolicy."


def mistaken(node: Node, symbol: Symbol) -> Iterator[Stop]:
    """A string of an old file that the loader takes for a function."""
    if way(node) != "layers" or node.document != LEGACY:
        return
    for (owner, key), strings in _MISTAKEN.items():
        if symbol.name == owner and node.config.get(key) in strings:
            value = node.config[key]
            yield Stop(
                kind="mistaken",
                path=f"{node.path}.config.{key}",
                prints=f"Invalid value for argument {key}. Expected one of {{'dot', 'concat'}}."
                f" Received: {key}=<function {value} at 0x...>",
                node=node,
                values={"argument": key, "value": str(value), "wanted": ""},
            )


def chosen(node: Node, symbol: Symbol) -> Iterator[Stop]:
    """Values that go together no longer."""
    dtype, mode = node.config.get("dtype"), node.config.get("output_mode", "int")
    whole = dtype in ("int32", "int64")
    if symbol.name == "Hashing" and mode == "int" and isinstance(dtype, str) and not whole:
        yield Stop(
            kind="value",
            path=f"{node.path}.config.dtype",
            prints="When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or"
            f" 'in64'. Received: dtype={dtype}",
            node=node,
            values={"argument": "dtype", "value": dtype, "wanted": "int64"},
        )


def axes(node: Node, symbol: Symbol) -> Iterator[Stop]:
    """Several axes, which the loader of old files takes out: the weights then do not fit.

    After `model_from_config` in keras/src/legacy/saving/saving_utils.py.
    """
    axis = node.config.get("axis")
    if symbol.name != "LayerNormalization" or way(node) != "layers" or not isinstance(axis, list):
        return
    if len(axis) > 1 and (node.config.get("scale", True) or node.config.get("center", True)):
        yield Stop(
            kind="axes",
            path=f"{node.path}.config.axis",
            prints="Shape mismatch in layer",
            node=node,
            values={"argument": "axis", "value": str(axis), "wanted": "", "name": node.name},
            turn="$.~",
        )


def activations(node: Node) -> Iterator[Stop]:
    """An activation that is a Python lambda, in the forms that have no class name."""
    for key, value in node.config.items():
        if not key.endswith("activation"):
            continue
        bare = isinstance(value, dict) and "class_name" not in value
        if bare or (isinstance(value, list) and is_bytecode(value)):
            yield Stop(
                kind="lambda",
                path=f"{node.path}.config.{key}",
                prints=f"Could not interpret activation function identifier: {str(value)[:40]}...",
                node=node,
            )


def lambdas(node: Node, symbol: Symbol) -> Iterator[Stop]:
    """A Lambda whose function is bytecode, or only a name."""
    if symbol.name != "Lambda":
        return
    for key in ("function", "output_shape"):
        value = node.config.get(key)
        if is_bytecode(value) and (key == "function" or isinstance(value, dict)):
            yield Stop(
                kind="lambda",
                path=f"{node.path}.config.{key}",
                prints="Requested the deserialization of a `Lambda` layer whose `function` is a"
                " Python lambda. This carries a potential risk of arbitrary code execution and"
                " thus it is disallowed by default.",
                node=node,
            )
            return
    function = node.config.get("function")
    if isinstance(function, str):
        yield Stop(
            kind="lambda-name",
            path=f"{node.path}.config.function",
            prints="unsupported callable",
            node=node,
            values={"function": function, "module": str(node.config.get("module") or "")},
        )


def is_bytecode(value: Any) -> bool:
    """Whether a value is a Python lambda as Keras stores it: its bytecode."""
    if isinstance(value, dict):
        return value.get("class_name") == "__lambda__"
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)
