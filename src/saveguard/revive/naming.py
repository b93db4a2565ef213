"""How the loader comes from a name in the file to a class or function."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from saveguard.facts import Node
from saveguard.known import Release, Symbol

# `layers`: keras/src/legacy/saving/saving_utils.py, among the names of `keras.src.layers`.
# `library`: keras/src/saving/serialization_lib.py, by `module` and `class_name`.
# `room`: the `get` of initializers, regularizers, ...: among that room's own short names.
# `string`: a name without a dictionary around it.
Way = Literal["layers", "library", "room", "string", "none"]

ROOMS = {"initializer", "regularizer", "constraint", "loss", "metric", "optimizer", "dtype"}
LEGACY = "@model_config"
TRAINING = "@training_config"
# Where a function that says no more than `builtins` is looked for.
_BUILTIN = (
    "activations",
    "constraints",
    "initializers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
)
_IN_A_MODEL = re.compile(r"\.(config\.layers|config)\[\d+\]$")
PACKAGES = ("keras", "keras_hub", "keras_cv", "keras_nlp")


class Found(NamedTuple):
    """What a name was found to be; `open` where an import could still find it."""

    symbol: Symbol | None
    open: bool = False


def way(node: Node) -> Way:
    """By which of the loader's ways a node is resolved."""
    if not node.raw:
        return "string"
    if node.role in ("tensor", "value"):
        return "none"
    if node.class_name == "__lambda__" or node.raw.get("class_name") == "function":
        return "library"
    if node.role in ROOMS:
        return "room"
    if node.role in ("layer", "model"):
        return "layers" if _legacy(node) else "library"
    return "library"


def _legacy(node: Node) -> bool:
    """Whether the loader of old files makes it: the root of an `.h5`, or a layer of a model."""
    if node.path == "$":
        return node.document == LEGACY
    if "module" in node.raw:
        return False
    listed = bool(_IN_A_MODEL.search(node.path))
    return listed or (node.document == LEGACY and "__passive_serialization__" in node.raw)


def found(node: Node, release: Release) -> Found:
    """What a node means to a release of Keras."""
    match way(node):
        case "layers":
            return Found(release.symbol(node.class_name, role="layer"))
        case "room":
            return Found(_of_room(node, release))
        case "string":
            return Found(release.symbol(node.class_name, role=node.role))
        case "library":
            return _of_library(node, release)
    return Found(None, open=True)


def _of_room(node: Node, release: Release) -> Symbol | None:
    name = node.class_name
    short = release.short_names.get(node.role, {})
    if node.role == "optimizer" and name.lower() in short:
        name = name.lower()
    return release.symbol(name, role=node.role)


def _of_library(node: Node, release: Release) -> Found:
    module = node.module
    if module is None:
        return Found(None)
    symbol = release.symbol(node.class_name, module)
    if symbol is not None:
        return Found(symbol)
    if node.raw.get("class_name") == "function" and module == "builtins":
        places = (release.symbol(node.class_name, f"keras.{room}") for room in _BUILTIN)
        return Found(next((symbol for symbol in places if symbol), None))
    imports = "no-arbitrary-import" not in release.guards and not module.startswith("keras")
    return Found(None, open=imports)


def is_builtin(value: Any) -> bool:
    """Whether a module's name is one of Keras's own packages."""
    return isinstance(value, str) and value.split(".")[0] in PACKAGES
