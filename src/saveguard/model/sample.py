"""A contract out of sample data."""

from __future__ import annotations

from typing import Any

from saveguard.child import arrays
from saveguard.contract import Axis, Contract, Input
from saveguard.model import batch
from saveguard.model.contract import described
from saveguard.sequences import sources


def contract(data: Any) -> Contract:
    """What a model must take for `data`; of `(x, y)` and data sets the inputs of one batch."""
    given = batch.first_batch(data)
    if isinstance(given, tuple) and 2 <= len(given) <= 3:
        given = given[0]
    inputs: list[Input] = []
    structure = _read(given, "x", inputs)
    return Contract(inputs=tuple(inputs), structure=structure, source="example")


def _read(value: Any, path: str, inputs: list[Input]) -> Any:
    """The structure of `value` with an index for each leaf, which is added to `inputs`."""
    if isinstance(value, dict):
        return {str(key): _read(value[key], f"{path}[{key!r}]", inputs) for key in sorted(value)}
    if value is None:
        return None
    if isinstance(value, (list, tuple)) and not batch.is_numbers(value):
        return [_read(part, f"{path}[{at}]", inputs) for at, part in enumerate(value)]
    inputs.append(_input(value, path))
    return len(inputs) - 1


def _input(value: Any, path: str) -> Input:
    lengths, scalar = batch.rows(value)
    if scalar is None and len(set(lengths)) <= 1 and not hasattr(value, "row_splits"):
        array = arrays.to_array(value)[0]
        if array.ndim:
            return described(path, array)
    held = sources.read(value)  # it refuses what is no sequence, by name
    inner = held.values[:0].reshape(1, 0, *held.values.shape[1:])
    axes = (Axis("batch"), Axis("time"), *(Axis(size=size) for size in inner.shape[2:]))
    found = described(path, inner)
    return Input(name=found.name, axes=axes, dtype=found.dtype)
