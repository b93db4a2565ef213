"""Variables that a model can reach but does not count among its own, and so does not save."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from saveguard.child import running, walk
from saveguard.facts import VariableFacts

_DEPTH = 6
_FRAMEWORKS = ("tensorflow", "jax", "jaxlib", "torch", "numpy", "builtins", "h5py", "optree")


def untracked(model: Any) -> Iterator[VariableFacts]:
    """Variables reachable through attributes, containers and closures, yet in no list of Keras.

    The walk enters the user's own attributes only; what Keras's base classes hold for themselves
    (nodes, trackers) leads to other models that share a layer.
    """
    known = {id(variable) for variable in _known(model)}
    known |= {id(variable) for variable in _raw(_known(model))}
    for holder, variable in reachable(model):
        if id(variable) not in known:
            known.add(id(variable))
            shape = tuple(int(extent) for extent in variable.shape)
            path = running.path_of(variable)
            dtype = str(getattr(variable, "dtype", ""))
            yield VariableFacts(path=path, shape=shape, dtype=dtype, holder=holder)


def reachable(model: Any) -> Iterator[tuple[str, Any]]:
    """(holder, variable) of every variable that `untracked` comes past, tracked ones too."""
    return _variables(model, "model", set(), 0)


def is_variable(value: Any) -> bool:
    """A Keras variable, or a variable or parameter of the backend's own."""
    keras = sys.modules["keras"]
    if isinstance(value, keras.Variable):
        return True
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and isinstance(value, tensorflow.Variable):
        return True
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Parameter)


def _known(model: Any) -> list[Any]:
    variables = list(model.variables) + list(getattr(model, "metrics_variables", ()))
    for layer in running.stateful_layers(model):
        variables += list(getattr(layer, "states", None) or ())
    optimizer = getattr(model, "optimizer", None)
    return variables + list(getattr(optimizer, "variables", ()) or ())


def _raw(variables: list[Any]) -> list[Any]:
    """The backend's variables behind Keras's own."""
    return [getattr(variable, "_value", None) for variable in variables]


def _variables(value: Any, holder: str, seen: set[int], depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _DEPTH or id(value) in seen:
        return
    seen.add(id(value))
    if is_variable(value):
        yield holder, value
    else:
        for name, part in _parts(value, holder):
            yield from _variables(part, name, seen, depth + 1)


def _parts(value: Any, holder: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in list(value.items()):
            yield f"{holder}[{key!r}]", part
    elif isinstance(value, (list, tuple, set, frozenset)):
        for index, part in enumerate(value):
            yield f"{holder}[{index}]", part
    elif callable(value) and getattr(value, "__closure__", None):
        names = value.__code__.co_freevars
        for name, cell in zip(names, value.__closure__, strict=False):
            yield f"{holder} (closure: {name})", _contents(cell)
    elif walk.kind_of(value) in ("model", "layer"):
        yield from _layer_parts(value, holder)
    elif hasattr(value, "__dict__") and not _foreign(value):
        for name, part in list(vars(value).items()):
            yield f"{holder}.{name}", part


def _layer_parts(layer: Any, holder: str) -> Iterator[tuple[str, Any]]:
    """The user's attributes; of Keras's own layers only what users hand to them."""
    own = not walk.is_builtin(type(layer))
    if walk.has_graph(layer):
        for index, part in enumerate(layer.layers):
            yield f"{holder}.layers[{index}]", part
    for name, part in walk.own_attributes(layer):
        if own or callable(part):
            yield f"{holder}.{name}", part
    for name in ("_layers", "_trainable_variables", "_non_trainable_variables"):
        for index, part in enumerate(vars(layer).get(name) or ()):
            yield f"{holder}.{name}[{index}]", part


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _foreign(value: Any) -> bool:
    if isinstance(value, type):
        return True
    root = type(value).__module__.split(".")[0]
    return root in _FRAMEWORKS or root == "keras"
