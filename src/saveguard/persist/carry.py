"""Send custom classes and functions to the fresh process: by import, or by value."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saveguard.child import walk
from saveguard.facts import ModelFacts, ObjectFacts


def request_parts(model: Any, facts: ModelFacts, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The part of a request that makes the model's custom objects known to the child.

    Modules that register their classes are imported there. A class that is not registered, or
    that no import finds (of `__main__`, a notebook, or a function's body), travels in a pickle.

    Returns:
        The keys of the request, and what could not be sent, in words.
    """
    custom = [item for item in facts.objects if not item.builtin and not item.python_lambda]
    sent, lost = [], []
    for item in {(found.module, found.class_name): found for found in custom}.values():
        if item.importable and item.registered:
            continue
        value = _value(model, item)
        try:
            _pickled(value)
        except Exception as error:  # noqa: BLE001  told in the receipt as not compared
            lost.append(f"{item.class_name} cannot be sent to another process: {error}")
            continue
        sent.append((item.registered, item.class_name, value))
    parts: dict[str, Any] = {"modules": sorted(_modules(custom)), "paths": list(sys.path)}
    if sent:
        parts["carried"] = str(folder / "carried.pickle")
        Path(parts["carried"]).write_bytes(_pickled(*sent))
    return parts, lost


def _pickled(*values: Any) -> bytes:
    """A pickle that holds by value what no import finds, of modules made in memory too."""
    import cloudpickle

    modules = {sys.modules.get(part.__module__) for part in _flat(values)}
    made = [m for m in modules if m is not None and m.__spec__ is None and m.__name__ != "__main__"]
    for module in made:
        cloudpickle.register_pickle_by_value(module)
    try:
        return bytes(cloudpickle.dumps(list(values)))
    finally:
        for module in made:
            cloudpickle.unregister_pickle_by_value(module)


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        elif not isinstance(value, str):
            yield value


def _modules(custom: list[ObjectFacts]) -> Iterator[str]:
    for item in custom:
        if item.importable and importlib.util.find_spec(item.module) is not None:
            yield item.module


def _value(model: Any, wanted: ObjectFacts) -> Any:
    """The class, or the function, that the facts describe."""
    for _, item, _ in walk.objects(model):
        kind = type(item)
        if kind.__name__ == wanted.class_name and kind.__module__ == wanted.module:
            return kind
        for _, value in walk.own_attributes(item):
            if wanted.function and getattr(value, "__name__", "") == wanted.name:
                return value
    return _compiled_function(model, wanted.name)


def _compiled_function(model: Any, name: str) -> Any:
    metrics = getattr(model, "_compile_metrics", None)
    given = [
        getattr(model, "loss", None),
        getattr(metrics, "_user_metrics", None),
        getattr(metrics, "_user_weighted_metrics", None),
    ]
    while given:
        value = given.pop()
        if isinstance(value, dict):
            given.extend(value.values())
        elif isinstance(value, (list, tuple)):
            given.extend(value)
        elif getattr(value, "__name__", "") == name:
            return value
    return None
