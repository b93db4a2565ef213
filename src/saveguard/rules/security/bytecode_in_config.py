"""The configuration holds Python bytecode: a lambda, stored as code.

## What happens

Whoever rebuilds the model runs that code, with their own rights, at the first call of the layer;
and the first call is a part of rebuilding a functional model. Keras 3 refuses in safe mode:
"Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda."

## Why

A lambda has no name to be stored under, so Keras stores its marshalled code. Saveguard does not
unmarshal it and cannot say what it does; most such files are their makers' own and harmless.

## Fix

Ask for the model with a layer, or with a named function that is registered:

    @keras.saving.register_keras_serializable(package="my_package")
    def scale(x):
        return x / 255

Only for a file that you trust as you trust a program:

    keras.saving.load_model("m.keras", safe_mode=False)

## Seen in

- CVE-2024-3660: `.h5`, SavedModel and the `.keras` of Keras 2.12 ran it at once.
- CVE-2025-9905: Keras 3 before 3.11.3 ignored safe mode for `.h5`.
- CVE-2026-12481: a node without `module`, or a direct `from_config`, before 3.12.3 and 3.15.0.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2024-3660
- https://github.com/keras-team/keras/pull/21602
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/layers/core/lambda_layer.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards

rule = Rule("SG301", "bytecode-in-config", since="0.1")

# A marshalled code object in base64: its type, with or without the mark of a shared reference,
# then the number of its arguments in four bytes, of which at most the first is not zero.
_CODE = re.compile(r"\s*(?:4w|Yw)[A-Za-z0-9+/]A[A-P]")
_SHORTEST = 80


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for node in facts.nodes:
        argument = _argument(node)
        if argument is None:
            continue
        holder = f"layer `{node.layer}`" if node.layer else f"{node.role} `{node.class_name}`"
        if node.class_name == "__lambda__" and not node.layer:
            holder = f"the {node.role}" if node.role != "value" else "the configuration"
        yield rule.finding(
            where=f"{node.document} {node.path}{argument}",
            message=f"{holder} holds Python bytecode",
            why="Keras stored a lambda as marshalled code. " + _reader(facts),
            fix="ask for the model with a layer, or with a function registered by"
            " @keras.saving.register_keras_serializable(); load it with safe_mode=False only"
            " where you trust it as you trust a program",
        )


def _argument(node: Node) -> str | None:
    """The step to the bytecode below a node; None where it holds none of its own."""
    if node.class_name == "__lambda__":
        return ""
    for key, value in node.config.items():
        code = value[0] if isinstance(value, list) and value else value
        if isinstance(code, str) and (
            node.config.get(f"{key}_type") == "lambda" or _is_code(code, key)
        ):
            return f".config.{key}"
    return None


def _is_code(text: str, key: str) -> bool:
    return len(text) >= _SHORTEST and bool(_CODE.match(text)) and key != "module"


def _reader(facts: ArchiveFacts) -> str:
    if facts.layout == "h5":
        return guards.told(facts, "h5-safe-mode", "runs it")
    if facts.layout == "savedmodel":
        return "Keras 3 does not read this layout; TensorFlow up to 2.15 and tf_keras run it."
    return guards.told(facts, "safe-mode", "runs it")


def bad(tmp: Path) -> Call:
    """A Lambda layer of a lambda, as Keras 3 stores it."""
    import base64
    import marshal

    from saveguard.rules.forged import keras_file, lambda_layer, model

    double: Any = lambda x: 2 * x  # noqa: E731  the thing that the rule is about
    code = base64.b64encode(marshal.dumps(double.__code__)).decode()
    stored = {"class_name": "__lambda__", "config": {"code": code, "defaults": None}}
    path = keras_file(tmp, model(lambda_layer(stored)))
    return Call("check", (path,), codes=("SG207",))


def good(tmp: Path) -> Call:
    """A Lambda layer of a function of Keras, by its name."""
    from saveguard.rules.forged import function, keras_file, lambda_layer, model

    return Call("check", (keras_file(tmp, model(lambda_layer(function("builtins", "relu")))),))
