"""Names that the loader cannot find, or finds and refuses."""

from __future__ import annotations

from collections.abc import Iterator

from saveguard import known
from saveguard.facts import Node
from saveguard.known import Release, Symbol
from saveguard.revive.naming import is_builtin, way
from saveguard.revive.stop import Stop

# What tf.keras made of TensorFlow's functions when they were called on Keras tensors.
OPERATIONS = {
    "AddLoss",
    "AddMetric",
    "ClassMethod",
    "InstanceMethod",
    "InstanceProperty",
    "SlicingOpLambda",
    "TFOpLambda",
    "TensorFlowOpLayer",
}
_SCOPE = (
    "Please ensure you are using a `keras.utils.custom_object_scope` and that this object is"
    " included in the scope."
)
_REGISTER = (
    "Make sure custom classes and functions are decorated with"
    " `@keras.saving.register_keras_serializable()`."
)
# By name or by a dictionary, in this role, Keras says so (`get` of the role's own room).
_IDENTIFIED = {
    "activation": "activation function",
    "constraint": "constraint",
    "initializer": "initializer",
    "regularizer": "regularizer",
}


def told(node: Node, release: Release) -> Iterator[Stop]:
    """The stop at a node whose name this release does not know."""
    prints = _prints(node, release)
    if not prints:
        return
    kind = _kind(node, release)
    span = known.span(node.class_name, role=node.role) if kind in ("gone", "newer") else None
    yield Stop(
        kind=kind,
        path=node.path if way(node) == "string" else f"{node.path}.class_name",
        prints=prints,
        node=node,
        values={
            "name": node.class_name,
            "what": _what(node),
            "since": span[0] if span else "",
            "until": span[1] if span else "",
            "module": node.module or "",
            "registered": node.registered_name,
        },
    )


def _what(node: Node) -> str:
    if node.raw.get("class_name") == "function":
        return "function"
    return "class" if node.role in ("layer", "model") or node.raw else node.role


def _prints(node: Node, release: Release) -> str:
    """What Keras says; empty where it does not look the name up."""
    name = node.class_name
    match way(node):
        case "layers":
            return f"Unknown layer: '{name}'. {_SCOPE}"
        case "room" | "string":
            what = _IDENTIFIED.get(node.role)
            layers = release.short_names.get("layer", {})
            if what is None or (not node.raw and name in layers and name.islower()):
                return ""
            return f"Could not interpret {what} identifier: {name}"
        case "library":
            return _of_library(node)
    return ""


def _of_library(node: Node) -> str:
    name = node.class_name
    if name == "__lambda__":
        return (
            "Requested the deserialization of a Python lambda. This carries a potential risk of"
            " arbitrary code execution and thus it is disallowed by default."
        )
    what = "function" if node.raw.get("class_name") == "function" else "class"
    if what == "class" and is_builtin(node.module) and node.module != "keras":
        return (
            f"Could not deserialize class '{name}' because its parent module {node.module} cannot"
            " be imported."
        )
    return f"Could not locate {what} '{name}'. {_REGISTER}"


def _kind(node: Node, release: Release) -> str:
    """Why the name is not known."""
    name, module = node.class_name, node.module or ""
    if name == "__lambda__":
        return "lambda"
    if name in OPERATIONS:
        return "operation"
    if node.role == "layer" and way(node) == "library" and node.module is None:
        known_here = name in release.short_names.get("layer", {})
        return "no-module" if known_here else "custom"
    if is_builtin(module) and module.split(".")[0] != "keras":
        return "package"
    if module and not is_builtin(module) and module != "builtins":
        return "custom"
    if node.registered_name and ">" in node.registered_name:
        return "custom"
    return _history(node, release) or ("old-module" if is_builtin(module) else "custom")


def _history(node: Node, release: Release) -> str:
    """Whether another release knows the name: an earlier one, or a later one."""
    role = node.role if node.role != "model" else "layer"
    if node.module and release.symbol(node.class_name, role="layer"):
        return ""
    if node.module is None and known.is_operation(node.class_name, release):
        return "keras-operation"
    span = known.span(node.class_name, role=role)
    if span is None or (node.role == "activation" and node.raw):
        return ""
    numbers = [tuple(map(int, version.split("."))) for version in span]
    return "newer" if numbers[0] > release.numbers else "gone"


def misnamed(node: Node, symbol: Symbol, release: Release) -> Iterator[Stop]:
    """One of Keras's own that carries another registered name."""
    explicit = node.registered_name
    if "builtin-not-registered" not in release.guards or way(node) != "library":
        return
    exported = not symbol.module.startswith("keras.src")
    if exported and explicit and explicit not in (node.class_name, node.raw.get("class_name")):
        yield Stop(
            kind="registered-builtin",
            path=f"{node.path}.registered_name",
            prints=f"`registered_name={explicit!r}` was provided in the config, but"
            f" '{symbol.path}' resolved to a Keras built-in and does not use registered names.",
            node=node,
            values={"name": symbol.path, "registered": explicit},
        )


def first(node: Node) -> Iterator[Stop]:
    """A regularizer or constraint as Keras 1 wrote it."""
    yield Stop(
        kind="keras-1",
        path=node.path,
        prints=f"Unknown `config` as a `dict`, config={dict(node.raw)}",
        node=node,
        values={"name": node.class_name},
    )


def listed(node: Node) -> Iterator[Stop]:
    """A Sequential model whose configuration is a list of layers, as Keras wrote until 2.2.2."""
    if node.class_name == "Sequential" and isinstance(node.raw.get("config"), list):
        legacy = way(node) == "layers"
        yield Stop(
            kind="list",
            path=f"{node.path}.config",
            prints="pop expected at most 1 argument, got 2"
            if legacy
            else "Expected 'config' to be a dict for Sequential",
            node=node,
            values={"name": node.name, "layers": str(len(node.raw["config"]))},
        )
