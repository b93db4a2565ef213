"""The configuration while it is rewritten: each layer knows which one of the file it came from."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.archive import topology
from saveguard.facts import Frozen

Raw = dict[str, Any]
ORIGIN, WEIGHTS = "@origin", "@weights"
_DEEPEST = 32


class Carry(Frozen, frozen=True):
    """The arrays of one layer of the file that become the weights of one layer of the new model.

    Attributes:
        layer: Its path in the new model: `encoder/dense`.
        origin: Its path in the file's configuration.
        conversions: Names of conversions (`saveguard.migration.conversions`), in order.
    """

    layer: str
    origin: str
    conversions: tuple[str, ...] = ()


def copied(document: Mapping[str, Any] | None) -> Any:
    """A copy to be rewritten."""
    return copy.deepcopy(document)


def begun(document: Mapping[str, Any]) -> Any:
    """A copy to be rewritten, each layer of a model marked with its path in the file."""
    model = copied(document)
    for path, layer in layers(model):
        layer[ORIGIN] = path
    return model


def layers(model: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every layer of a model and of the models in it, by path; models before their layers."""
    for layer in topology.layers(model):
        path = f"{before}{topology.name(layer)}"
        yield path, layer
        if depth < _DEEPEST:
            yield from layers(layer, f"{path}/", depth + 1)


def convert(layer: Raw, *names: str) -> None:
    """Have the arrays of a layer converted on their way."""
    layer.setdefault(WEIGHTS, []).extend(names)


def finished(model: Raw) -> tuple[Raw, tuple[Carry, ...]]:
    """The rewritten configuration without its marks, and what they said."""
    carries = tuple(
        Carry(path, layer[ORIGIN], tuple(_conversions(layer)))
        for path, layer in layers(model)
        if ORIGIN in layer and (WEIGHTS in layer or not topology.layers(layer))
        if layer.get("class_name") != "InputLayer" and not _is_operation(layer)
    )
    return _unmarked(model), carries


def _is_operation(layer: Raw) -> bool:
    return str(layer.get("module")).startswith("keras.src.ops")


def _conversions(part: Any) -> Iterator[str]:
    """The conversions of a layer, then those of the layers that it wraps."""
    if isinstance(part, dict):
        yield from part.get(WEIGHTS, ())
        for key, value in part.items():
            if key not in (WEIGHTS, "inbound_nodes"):
                yield from _conversions(value)


def _unmarked(part: Any) -> Any:
    if isinstance(part, dict):
        kept = (item for item in part.items() if item[0] not in (ORIGIN, WEIGHTS))
        return {key: _unmarked(value) for key, value in kept}
    return [_unmarked(value) for value in part] if isinstance(part, list) else part
