"""Whether a batch surely fits a contract, told within microseconds; what is not sure, is asked."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from saveguard.contract import Contract, Input
from saveguard.model.suspects import EXACT, LARGEST

Fits = Callable[[Any], bool]
_NUMBERS = "fiu"
_LARGEST = 1.7976931348623157e308
# Of values whose squares sum up to less, none is too large for a float32.
_SQUARES = 1e38


def compiled(contract: Contract) -> Fits:
    """A function that is True for what surely fits, and False for what has to be looked at."""
    leaves = [_leaf(described) for described in contract.inputs]
    if isinstance(contract.structure, int):
        return leaves[contract.structure]
    if not _is_flat(contract.structure):
        return _never
    held = contract.structure
    pairs = held.items() if isinstance(held, dict) else enumerate(held)
    places = [(key, leaves[index]) for key, index in pairs]
    kind: Any = dict if isinstance(held, dict) else list

    def fits(given: Any) -> bool:
        if type(given) is not kind or len(given) != len(places):
            return False
        try:
            return all(leaf(given[key]) for key, leaf in places)
        except KeyError:
            return False

    return fits


def _never(_: Any) -> bool:
    """Nested deeper than is looked at here."""
    return False


def _is_flat(structure: Any) -> bool:
    parts = structure.values() if isinstance(structure, dict) else structure or ()
    return all(isinstance(part, int) for part in parts)


def _leaf(described: Input) -> Fits:
    dtype, rank, sizes = described.dtype, described.rank, _sizes(described)
    bounds = {kind: _bounds(described, kind) for kind in _NUMBERS}
    open_ended = {kind: _is_open(described, kind) for kind in _NUMBERS}
    least, most = np.minimum.reduce, np.maximum.reduce

    def fits(given: Any) -> bool:
        try:
            shape, name = given.shape, given.dtype
        except AttributeError:
            return False
        if rank is not None and len(shape) != rank:
            return False
        for index, low, high in sizes:
            size = shape[index]
            if size is None or not low <= size <= high:
                return False
        if type(given) is not np.ndarray:  # a tensor: its values may be on another device
            return dtype in ("", getattr(name, "name", None) or str(name).rpartition(".")[2])
        kind, found = name.kind, bounds.get(name.kind)
        if found is None or not given.size:
            return bool(given.size) and kind == "b" and dtype == "bool"
        if open_ended[kind] and name.itemsize > 2:
            # One pass over the values: where their squares' sum is small, all of them are.
            return bool(np.vdot(given, given) <= _SQUARES)
        first, last = least(given, axis=None).item(), most(given, axis=None).item()
        return bool(found[0] <= first and last <= found[1])

    return fits


def _sizes(described: Input) -> list[tuple[int, float, float]]:
    """The axes that are bounded: which, from and to what size."""
    return [
        (index, axis.minimum or 0, math.inf if axis.maximum is None else axis.maximum)
        if axis.size is None
        else (index, axis.size, axis.size)
        for index, axis in enumerate(described.axes or ())
        if (axis.size, axis.minimum, axis.maximum) != (None, None, None)
    ]


def _is_open(described: Input, kind: str) -> bool:
    """Whether only NaN, infinity and what a float32 does not hold are not to pass."""
    given = described.vocabulary, described.minimum, described.maximum
    return kind == "f" and described.dtype in ("", "float32", "float64") and given == (None,) * 3


def _bounds(described: Input, kind: str) -> tuple[float, float] | None:
    """What an array's values may be that surely fit; None where each has to be looked at."""
    dtype, low, high = described.dtype, -math.inf, math.inf
    if "int" in dtype:
        if kind == "f":
            return None
        bits, signed = int(dtype.lstrip("uint")), not dtype.startswith("u")
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    elif "float" in dtype:
        largest = LARGEST.get(dtype, _LARGEST) if kind == "f" else EXACT.get(dtype, 0)
        low, high = -largest, largest
    elif dtype:
        return None
    elif kind == "f":
        low, high = -_LARGEST, _LARGEST
    if described.vocabulary is not None:
        low, high = max(low, 0), min(high, described.vocabulary - 1)
    low = low if described.minimum is None else max(low, described.minimum)
    high = high if described.maximum is None else min(high, described.maximum)
    # A padding value beside the vocabulary is no id, and no reason to look twice.
    if described.pad is not None and kind != "f":
        low = low - 1 if described.pad == low - 1 else low
        high = high + 1 if described.pad == high + 1 else high
    return low, high
