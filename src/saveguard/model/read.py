"""Read a live model into facts, without changing it."""

from __future__ import annotations

import functools
import inspect
import json
import sys
from collections.abc import Iterator
from typing import Any

from saveguard.child import running, walk
from saveguard.facts import ModelFacts, ObjectFacts, Parameter, Unserialisable, VariableFacts
from saveguard.model.asked import NO_DICTIONARY, asked
from saveguard.model.untracked import untracked

# What JSON always takes.
_PLAIN = (bool, int, float, str)
# Arguments that Keras's own base classes put into every configuration.
_BASE_ARGUMENTS = {"self", "args", "kwargs", "name", "dtype", "trainable", "activity_regularizer"}


def read(
    model: Any,
    *,
    target: str = "",
    layout: str = "",
    built_from_example: bool = False,
    is_told: bool = False,
) -> ModelFacts:
    """The facts of `model`; values of variables are not read here, only what they are.

    Args:
        is_told: Its configuration was told as a whole; Keras's own objects are not asked again.
    """
    import keras

    kind = _kind(model)
    return ModelFacts(
        subject=f'{type(model).__name__} "{model.name}"',
        kind=kind,
        built=bool(model.built) and _has_inputs(model),
        compiled=bool(getattr(model, "compiled", False)),
        objects=asked(model, tuple(_objects(model, is_told))),
        variables=tuple(variable_facts(running.variables(model))),
        optimizer_variables=tuple(variable_facts(running.optimizer_variables(model))),
        untracked=tuple(untracked(model)),
        built_from_example=built_from_example,
        target=target,
        layout=layout,
        keras=keras.__version__,
        backend=keras.backend.backend(),
    )


def variable_facts(named: list[tuple[str, Any]]) -> Iterator[VariableFacts]:
    """The facts of variables, without their values."""
    for path, variable in named:
        shape = tuple(int(extent) for extent in variable.shape)
        dtype = str(getattr(variable, "dtype", "")).replace("torch.", "")
        yield VariableFacts(path=path, shape=shape, dtype=dtype)


def _kind(model: Any) -> str:
    names = [base.__name__ for base in type(model).__mro__]
    if names[0] in ("Sequential", "Functional"):
        return names[0]
    return "subclass"


def _has_inputs(model: Any) -> bool:
    """False for a Sequential that was never given a shape: `built` alone does not tell."""
    return bool(model.layers) or bool(model.variables) or type(model).__name__ != "Sequential"


def _objects(model: Any, is_told: bool) -> Iterator[ObjectFacts]:
    for holder, item, kind in walk.objects(model):
        functions = list(_functions(item))
        yield _object(holder, item, kind, functions, is_told)
        for name, function in functions:
            if not walk.is_builtin(function):
                yield _function(f"{holder}.{name}", function)
    for name in ("loss", "metrics", "weighted_metrics"):
        given = getattr(model, "loss", None) if name == "loss" else _user_metrics(model, name)
        for index, function in enumerate(_flat_functions(given)):
            suffix = "" if inspect.isfunction(given) else f"[{index}]"
            yield _function(f"model.{name}{suffix}", function)


def _user_metrics(model: Any, name: str) -> Any:
    return getattr(getattr(model, "_compile_metrics", None), f"_user_{name}", None)


def _flat_functions(given: Any) -> Iterator[Any]:
    if inspect.isfunction(given):
        yield given
    elif isinstance(given, dict):
        for part in given.values():
            yield from _flat_functions(part)
    elif isinstance(given, (list, tuple)):
        for part in given:
            yield from _flat_functions(part)


def _functions(item: Any) -> Iterator[tuple[str, Any]]:
    """Functions that the object holds under the name of an argument of its constructor."""
    arguments, held = _parameters_of(_kind_of(item)), getattr(item, "__dict__", {})
    if any(inspect.isfunction(held.get(name)) for name in arguments):
        for name, value in walk.own_attributes(item):
            if name in arguments and inspect.isfunction(value):
                yield name, value


def _object(
    holder: str, item: Any, kind: str, functions: list[tuple[str, Any]], is_told: bool
) -> ObjectFacts:
    builtin = walk.is_builtin(type(item))
    own_config = _owner(type(item), "get_config") != "keras"
    # Its layers are objects of their own here, and what they cannot serialise is theirs to tell.
    known = builtin and (is_told or kind == "model")
    config, error = ({}, "") if known else _config(item)
    told = own_config or bool(error)
    return ObjectFacts(
        holder=holder,
        kind=kind,
        name=str(getattr(item, "name", "")),
        class_name=type(item).__name__,
        module=type(item).__module__,
        builtin=builtin,
        registered="" if builtin else _registered(type(item)),
        importable=builtin or _importable(type(item)),
        python_lambda=next((name for name, one in functions if one.__name__ == "<lambda>"), ""),
        built=bool(getattr(item, "built", True)),
        own_config=own_config,
        config_error=error,
        unserialisable=tuple(_unserialisable(config)),
        parameters=tuple(_parameters(item, config)) if told and not builtin else (),
        adapted=_adapted(item),
        stateful=bool(getattr(item, "stateful", False)) and hasattr(item, "reset_states"),
        source="" if builtin else _source(type(item)),
    )


def _function(holder: str, function: Any) -> ObjectFacts:
    return ObjectFacts(
        holder=holder,
        kind="function",
        name=function.__name__,
        class_name=function.__name__,
        module=function.__module__ or "",
        builtin=walk.is_builtin(function),
        registered="" if walk.is_builtin(function) else _registered(function),
        importable=walk.is_builtin(function) or _importable(function),
        function=True,
        python_lambda=holder if function.__name__ == "<lambda>" else "",
        source="" if walk.is_builtin(function) else _source(function),
    )


def _config(item: Any) -> tuple[dict[str, Any], str]:
    try:
        config = item.get_config()
    except Exception as error:  # noqa: BLE001  becomes the finding SG203 or SG205
        return {}, f"{type(error).__name__}: {inspect.cleandoc(str(error))}"
    if not isinstance(config, dict):
        return {}, f"{NO_DICTIONARY} {type(config).__name__}, not a dictionary"
    return config, ""


def _unserialisable(config: dict[str, Any]) -> Iterator[Unserialisable]:
    for key, value in config.items():
        if not (value is None or type(value) in _PLAIN):
            yield from _bad_leaves(value, str(key))


def _bad_leaves(value: Any, key: str) -> Iterator[Unserialisable]:
    import keras

    try:
        json.dumps(keras.saving.serialize_keras_object(value))
        return
    except Exception:  # noqa: BLE001  whatever it raises, this value does not serialise
        parts: Iterator[tuple[str, Any]] = iter(())
        if isinstance(value, dict):
            parts = ((f"{key}[{name!r}]", part) for name, part in value.items())
        elif isinstance(value, (list, tuple)):
            parts = ((f"{key}[{index}]", part) for index, part in enumerate(value))
        found = [bad for name, part in parts for bad in _bad_leaves(part, name)]
        text = repr(value)[:60].splitlines()[0]
        yield from found or [Unserialisable(key=key, type=type(value).__name__, value=text)]


def _parameters(item: Any, config: dict[str, Any]) -> Iterator[Parameter]:
    for name, parameter in _parameters_of(_kind_of(item)).items():
        empty = parameter.default is inspect.Parameter.empty
        value = getattr(item, name, None)
        known = hasattr(item, name)
        yield Parameter(
            name=name,
            required=empty,
            in_config=name in config,
            differs=known and not empty and not _same(value, parameter.default),
            value=repr(value)[:60] if known else "",
        )


@functools.lru_cache(maxsize=512)
def _parameters_of(kind: type) -> dict[str, inspect.Parameter]:
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    try:
        parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    except (TypeError, ValueError):
        return {}
    return {
        name: parameter
        for name, parameter in parameters.items()
        if parameter.kind in named and name not in _BASE_ARGUMENTS
    }


def _kind_of(item: Any) -> type:
    return type(item)


def _same(value: Any, default: Any) -> bool:
    try:
        return bool(value == default)
    except (TypeError, ValueError):
        return value is default


def _owner(kind: type, method: str) -> str:
    """The top-level package of the class in the method resolution order that defines `method`."""
    for base in kind.__mro__:
        if method in vars(base):
            return base.__module__.split(".")[0]
    return ""


def _registered(item: Any) -> str:
    import keras

    name = keras.saving.get_registered_name(item)
    return str(name) if keras.saving.get_registered_object(name) is item else ""


def _importable(item: Any) -> bool:
    """Whether a fresh process that imports the item's module finds it there."""
    found: Any = sys.modules.get(item.__module__)
    if item.__module__ == "__main__" or getattr(found, "__spec__", None) is None:
        return False
    for part in item.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is item


def _adapted(item: Any) -> bool:
    """False for a layer with `adapt` that holds nothing adapted and was given nothing."""
    if not hasattr(item, "adapt"):
        return True
    name = type(item).__name__
    if name == "Normalization":
        return item.input_mean is not None or _has_moments(item)
    if name == "Discretization":
        return item.bin_boundaries is not None
    if callable(getattr(item, "get_vocabulary", None)):
        return _has_vocabulary(item)
    return bool(getattr(item, "_is_adapted", True))


def _has_moments(item: Any) -> bool:
    """Whether a Normalization holds other than its first mean 0 and variance 1."""
    if not item.built:
        return False
    mean, variance = running.value_of(item.adapt_mean), running.value_of(item.adapt_variance)
    return bool((mean != 0).any() or (variance != 1).any())


def _has_vocabulary(item: Any) -> bool:
    try:
        terms = item.get_vocabulary(include_special_tokens=False)
    except (TypeError, RuntimeError, ValueError):
        return True
    return len(terms) > 0


def _source(item: Any) -> str:
    try:
        return inspect.getsource(item)
    except (OSError, TypeError):
        return ""
