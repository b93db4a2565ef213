"""A Lambda layer: a Python function in the file, or its name.

## Recognises

`function` of a Lambda layer as bytecode of Python, or as the name of a function; an activation
that was a lambda.

## Rewrites

A function that the caller gives under the layer's name (under `LAYER.activation` for an
activation), or under its own name. Nothing of the bytecode is executed: without a function it
is asked for.

## Why

Bytecode runs only on the Python that wrote it, and may do anything. Keras 3 refuses it in safe
mode, and finds a function by its name only where it is registered.

## Result

Equal, if the function is the one that the model was saved with.

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/lambda_layer.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import Node
from saveguard.migration.parts import Raw, made, settings, today
from saveguard.migration.step import Old, Step

_BESIDE = ("module", "function_type", "output_shape_type", "output_shape_module", "mask_type",
           "mask_module")  # fmt: skip
# Functions of one tensor that mean in keras.ops what they mean in TensorFlow and Keras 2.
_OPERATIONS = {
    "abs", "absolute", "ceil", "cos", "elu", "exp", "floor", "leaky_relu", "log", "log_sigmoid",
    "log_softmax", "negative", "ones_like", "relu", "relu6", "round", "rsqrt", "selu", "sigmoid",
    "sign", "silu", "sin", "softmax", "softplus", "softsign", "sqrt", "square", "swish", "tan",
    "tanh", "zeros_like",
}  # fmt: skip
_ONLY_ONE = {"leaky_relu"}


def _rewrite(node: Node, old: Old) -> Iterator[str]:
    held = settings(node)
    if node.class_name == "Lambda" and "function" in held:
        yield from _function(node, held, old)
    for argument in [key for key in held if key.endswith("activation")]:
        if _is_code(held[argument]) or held[argument] == "<lambda>":
            name = f"{node.name}.{argument}"
            held[argument] = _asked(name, old)
            yield f"{argument} was a lambda: it is asked for as {name!r}"
        elif _is_operation(held[argument], old):
            held[argument] = _named(held[argument], "keras", old)
            yield f"the activation is {held[argument]['config']} of keras.ops"


def _is_operation(name: Any, old: Old) -> bool:
    """Whether an activation is a function of TensorFlow that is no activation of Keras."""
    if not isinstance(name, str) or name not in _OPERATIONS or name in old.custom:
        return False
    return today().symbol(name, role="activation") is None


def _function(node: Node, held: Raw, old: Old) -> Iterator[str]:
    function, module = held["function"], str(held.get("module", ""))
    for argument in _BESIDE:
        held.pop(argument, None)
    if node.name in old.custom or _is_code(function):
        held["function"] = _asked(node.name, old)
        yield f"its function is asked for as {node.name!r}; the bytecode is left alone"
    elif isinstance(function, str):
        held["function"] = _named(function, module, old)
        yield f"its function is {function}"
    if not isinstance(held.get("output_shape"), (list, type(None))) or _is_code(held.get("mask")):
        held.pop("output_shape", None)
        held.pop("mask", None)
        yield "the function of its output's shape is left to Keras"


def _is_code(value: Any) -> bool:
    listed = isinstance(value, list) and value and isinstance(value[0], str) and len(value) == 3
    wrapped = isinstance(value, dict) and value.get("class_name") == "__lambda__"
    if wrapped and "name" in value["config"]:
        return False  # it is asked for already
    held = value.get("value", value.get("code")) if isinstance(value, dict) else None
    bare = isinstance(held, (list, str)) and "class_name" not in value
    return bool(listed) or wrapped or bare


def _asked(name: str, old: Old) -> Raw:
    """A function that the caller gives; what Keras refuses, where it is not given."""
    name = name if name in old.custom else old.alike.get(name, name)
    if name not in old.custom:
        return {"class_name": "__lambda__", "config": {"name": name}, "module": "builtins"}
    return {"class_name": "function", "config": name, "module": None, "registered_name": name}


def _named(name: str, module: str, old: Old) -> Raw:
    """A function by its name: the caller's, or one that keras.ops has under the same name."""
    new = {"abs": "absolute", "swish": "silu"}.get(name, name)
    known = module.startswith(("tensorflow", "keras")) and name in _OPERATIONS - _ONLY_ONE
    if known and name not in old.custom and today().symbol(new, "keras.ops"):
        return {"class_name": "function", "config": new, "module": "keras.ops",
                "registered_name": new}  # fmt: skip
    return {"class_name": "function", "config": name, "module": None, "registered_name": name}


step = Step(
    name="lambda-layers",
    rewrite=_rewrite,
    changed="3.0",
    source="https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/lambda_layer.py",
)


def bad() -> Any:
    """Bytecode."""
    return made("Lambda", "lambda", function=["4wEAAAA=", None, None], function_type="lambda")


def good() -> Any:
    """A function of Keras."""
    return made(
        "Lambda",
        "lambda",
        function={
            "class_name": "function",
            "config": "relu",
            "module": "keras.ops",
            "registered_name": "relu",
        },
    )
