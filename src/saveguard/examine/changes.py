"""What differs between two configurations, by JSON path, with layers matched by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.archive import topology
from saveguard.examine.difference import Change
from saveguard.examine.pairs import same_layers

# What Keras 3 writes around the arguments of an object, and earlier versions do not.
_AROUND = {"module", "registered_name", "build_config", "inbound_nodes"}
# Empty, or not there at all, for a model that is not compiled.
_COMPILED = "compile_config"
# Says which objects of one file are one; another file has other numbers.
_IDENTITY = "shared_object_id"
_WRITER = {"keras_version", "tensorflow_version"}


def changes(before: Any, after: Any, path: str = "$") -> Iterator[Change]:
    """The differences of two JSON documents, in document order.

    Which versions wrote them is no difference.
    """
    before, after = _plain(before), _plain(after)
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_objects(before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and not _equal(before, after):
        yield from _of_lists(before, after, path)
    elif not _equal(before, after):
        yield Change(kind="changed", path=path, before=before, after=after)


def _of_objects(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Change]:
    is_object = "class_name" in before and "class_name" in after
    other_form = is_object and ("module" in before) != ("module" in after)
    for key in {**before, **after}:
        inner = f"{path}.{key}" if key.isidentifier() else f"{path}[{key!r}]"
        if key == _COMPILED and not (before.get(key) or after.get(key)):
            continue
        if key == "class_name" and _class(before) == _class(after):
            continue
        if other_form and key in _AROUND:
            if key == "inbound_nodes":
                yield from _of_reads(before, after, inner)
        elif key == _IDENTITY or (path == "$" and key in _WRITER):
            continue
        elif key not in after:
            yield Change(kind="removed", path=inner, before=before[key])
        elif key not in before:
            yield Change(kind="added", path=inner, after=after[key])
        elif key == "layers" and _are_layers(before[key]) and _are_layers(after[key]):
            yield from _of_layers(before[key], after[key], inner)
        else:
            yield from changes(before[key], after[key], inner)


def _of_layers(before: list[Any], after: list[Any], path: str) -> Iterator[Change]:
    pairs = same_layers(before, after)
    for one, other in pairs:
        inner = f"{path}[{topology.name(one or other or {})!r}]"
        if one is None:
            yield Change(kind="added", path=inner, after=other)
        elif other is None:
            yield Change(kind="removed", path=inner, before=one)
        else:
            yield from changes(dict(one), dict(other), inner)
    places = {id(layer): at for at, layer in enumerate(after)}
    order = [places[id(other)] for one, other in pairs if one is not None and other is not None]
    if order != sorted(order):
        names = [[topology.name(layer) for layer in side] for side in (before, after)]
        yield Change(kind="changed", path=path, before=names[0], after=names[1])


def _of_lists(before: list[Any], after: list[Any], path: str) -> Iterator[Change]:
    if len(before) != len(after) or topology.reference(before) or topology.reference(after):
        yield Change(kind="changed", path=path, before=before, after=after)
        return
    for at, (one, other) in enumerate(zip(before, after, strict=True)):
        yield from changes(one, other, f"{path}[{at}]")


def _of_reads(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Change]:
    """Of calls that are written in two forms, which tensors the layer is called with."""
    read = [
        [list(one[:3]) for one in topology.reads({"inbound_nodes": side.get("inbound_nodes")})]
        for side in (before, after)
    ]
    if read[0] != read[1]:
        yield Change(kind="changed", path=path, before=read[0], after=read[1])


def _class(value: Mapping[str, Any]) -> str:
    """The class with the package that it is registered in, which an `.h5` keeps in its name."""
    name, registered = str(value.get("class_name")), value.get("registered_name")
    return registered if registered and str(registered).endswith(f">{name}") else name


def _are_layers(value: Any) -> bool:
    """Whether it is a list of layers, each with a name of its own."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return False
    names = {topology.name(one) for one in value}
    return len(names) == len(value) and "" not in names


def _plain(value: Any) -> Any:
    """A list that TensorFlow wrote as an object, because it was a tuple or a shape."""
    if isinstance(value, dict) and value.get("class_name") in ("__tuple__", "TensorShape"):
        return value.get("items", value)
    return value


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON: 1 is 1.0, True is not 1, and NaN is NaN."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other) or (one != one and other != other)
