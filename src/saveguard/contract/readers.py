"""What the layers that read an input tell of it, found by following a model's graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

# Layers whose outputs hold the values of their inputs, so that a later layer still reads the data.
_KEEP = {
    "ActivityRegularization",
    "Dropout",
    "Flatten",
    "Identity",
    "InputLayer",
    "Permute",
    "RepeatVector",
    "Reshape",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
}
# More tensors than an input's values pass through unchanged; what follows is not looked at.
_TENSORS = 64


class Reader(NamedTuple):
    """A layer that is called with a tensor.

    Attributes:
        kind: Its class's name.
        arguments: Those of its constructor that are known.
        made: The tensors to follow from here: its outputs, or inside a model that model's inputs.
        model: It is a model of its own.
    """

    kind: str
    name: str
    arguments: Mapping[str, Any]
    made: tuple[Any, ...] = ()
    model: bool = False


def told(
    tensor: Any, readers: Callable[[Any], Iterable[Reader]], rank: int | None
) -> dict[str, Any]:
    """Fields of an `Input` that its readers tell: padding, vocabulary, range; the first one's.

    `Masking` and `mask_zero` tell the padding; `input_dim` of an Embedding the vocabulary;
    `Rescaling`, and a `Normalization` of images with given statistics, the range of the values.
    """
    found: dict[str, Any] = {}
    ahead, count = [tensor], 0
    while ahead and count < _TENSORS:
        count += 1
        for reader in readers(ahead.pop(0)):
            for key, value in _meaning(reader, rank).items():
                smaller = key == "vocabulary" and value < found.get(key, value)
                if key not in found or smaller:
                    found[key] = value
            if reader.model or reader.kind in _KEEP:
                ahead.extend(reader.made)
    return found


def _meaning(reader: Reader, rank: int | None) -> dict[str, Any]:
    arguments, source = reader.arguments, f"{reader.name} ({reader.kind})"
    found: dict[str, Any] = {}
    if arguments.get("mask_zero") is True:
        found = {"pad": 0.0, "pad_source": source}
    elif reader.kind == "Masking" and _is_number(arguments.get("mask_value", 0.0)):
        found = {"pad": float(arguments.get("mask_value", 0.0)), "pad_source": source}
    if reader.kind == "Embedding" and type(arguments.get("input_dim")) is int:
        found["vocabulary"] = arguments["input_dim"]
    if reader.kind == "Rescaling":
        found |= _rescaled(arguments.get("scale"), arguments.get("offset", 0.0))
    if reader.kind == "Normalization" and rank == 4:
        found |= _normalised(arguments.get("mean"), arguments.get("variance"))
    return found


def _rescaled(scale: Any, offset: Any) -> dict[str, float]:
    """The range that becomes 0..1, or -1..1 where the offset centres it."""
    if not (_is_number(scale) and _is_number(offset)) or not 0 < scale < 1 or not -1 <= offset <= 0:
        return {}
    highest = (1.0 if offset == 0 else -2.0 * offset) / scale
    whole = round(highest)
    return {"minimum": 0.0, "maximum": float(whole) if abs(highest - whole) < 1e-3 else highest}


def _normalised(mean: Any, variance: Any) -> dict[str, float]:
    """The range of images with these statistics a channel: 0..1, or 0..255."""
    means, variances = _numbers(mean), _numbers(variance)
    if not means or not variances or min(means) <= 0 or min(variances) <= 0:
        return {}
    if max(means) < 1 and max(variances) <= 0.25:
        return {"minimum": 0.0, "maximum": 1.0}
    eight_bits = min(means) > 1 and max(means) < 255 and max(variances) <= 127.5**2
    return {"minimum": 0.0, "maximum": 255.0} if eight_bits else {}


def _numbers(value: Any) -> list[float]:
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    values = value if isinstance(value, list) else [value]
    return values if all(map(_is_number, values)) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
