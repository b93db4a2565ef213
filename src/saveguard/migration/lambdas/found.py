"""The Lambda layers of a configuration, and what can be told of the function of each."""

from __future__ import annotations

import ast
import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.archive import bytecode, nodes
from saveguard.archive.bytecode import Code
from saveguard.facts import Frozen, Node
from saveguard.migration.lambdas import expression, suggestion
from saveguard.migration.lambdas.instructions import Release, releases

_LARGEST = 1 << 20


class Lambda(Frozen, frozen=True):
    """A function that a file has as bytecode.

    Attributes:
        name: The layer's, or `LAYER.activation`; the caller gives the function under it.
        code: Its instructions and constants; None where they cannot be read.
        releases: The releases of Python that can have written it.
        arguments: What the layer hands on to it beside its inputs.
        shape: The shape of its outputs without the batch, where the file has it.
        inputs: The shape of its inputs with the batch, where the file has it.
        defaults: Of its last arguments, as the file has them.
    """

    name: str
    code: Code | None
    releases: tuple[Release, ...]
    arguments: Mapping[str, Any]
    shape: tuple[int | None, ...] | None = None
    inputs: Any = None
    defaults: tuple[Any, ...] = ()

    @property
    def function(self) -> ast.FunctionDef | None:
        """The function as a syntax tree, by the first release that gives one."""
        found = (expression.function(self.code, one) for one in self.releases if self.code)
        return next((one for one in found if one is not None), None)

    @property
    def suggested(self) -> ast.FunctionDef | None:
        """The same with `keras.ops`, where all of its calls are known."""
        made = self.function
        return suggestion.suggested(made) if made is not None else None


def of(model: Mapping[str, Any]) -> tuple[Lambda, ...]:
    """Every one, in the order of the document. Nothing is executed or unmarshalled by Python."""
    return tuple(_every(model))


def _every(model: Mapping[str, Any]) -> Iterator[Lambda]:
    for node in nodes.walk(model, "model"):
        if node.role != "layer":
            continue
        if node.class_name == "Lambda" and (held := _code(node.config.get("function"))):
            yield _lambda(node, str(node.name), held)
        for key, value in node.config.items():
            if key.endswith("activation") and (held := _code(value)):
                yield _lambda(node, f"{node.name}.{key}", held)


def _lambda(node: Node, name: str, held: tuple[str, Any]) -> Lambda:
    text, defaults = held
    try:
        code = bytecode.read(_raw(text))
        written = releases(code)
    except ValueError:
        code, written = None, ()
    shape = node.config.get("output_shape")
    build = node.raw.get("build_config")
    inputs = build.get("input_shape") if isinstance(build, dict) else None
    known = isinstance(shape, (list, tuple)) and all(
        isinstance(n, (int, type(None))) for n in shape
    )
    return Lambda(
        name=name,
        code=code,
        releases=written,
        arguments=node.config.get("arguments") or {},
        shape=tuple(shape) if known and shape else None,
        inputs=inputs or node.config.get("batch_input_shape"),
        defaults=tuple(defaults) if isinstance(defaults, (list, tuple)) else (),
    )


def _code(value: Any) -> tuple[str, Any] | None:
    """The text of the bytecode, and the defaults; None where it is none."""
    if isinstance(value, dict):
        held = value.get("config") if value.get("class_name") == "__lambda__" else value
        held = held if isinstance(held, dict) else {}
        value = held.get("value", [held.get("code"), held.get("defaults"), held.get("closure")])
    if isinstance(value, (list, tuple)) and len(value) == 3 and isinstance(value[0], str):
        return value[0], value[1]
    return None


def _raw(text: str) -> bytes:
    """Keras wrote base64 since 2.1.3, and before that each byte as a character."""
    if len(text) > _LARGEST:
        raise ValueError("more than a function")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text.encode("raw_unicode_escape")
