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
    axes, dtype = described.axes, described.dtype
    bounds = {kind: _bounds(described, kind) for kind in _NUMBERS}
    least, most = np.minimum.reduce, np.maximum.reduce

    def fits(given: Any) -> bool:
        try:
            shape, name = given.shape, given.dtype
        except AttributeError:
            return False
        if axes is not None and (len(shape) != len(axes) or not _sized(shape, axes)):
            return False
        if type(given) is not np.ndarray:  # a tensor: its values may be on another device
            return dtype in ("", getattr(name, "name", None) or str(name).rpartition(".")[2])
        found = bounds.get(name.kind)
        if found is None or not given.size:
            return bool(given.size) and name.kind == "b" and dtype == "bool"
        low, high = found
        # Plain numbers: a float16 beside a larger bound would make that bound infinite.
        first, last = least(given, axis=None).item(), most(given, axis=None).item()
        return bool(low <= first and last <= high)

    return fits


def _sized(shape: Any, axes: Any) -> bool:
    for size, axis in zip(shape, axes, strict=True):
        if size is not None and size != axis.size and not axis.takes(size):
            return False
    return True


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
