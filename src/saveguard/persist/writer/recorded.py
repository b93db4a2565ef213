"""What went into a file: each array's digest, and how many of its values are not finite."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from saveguard.child import arrays
from saveguard.facts import VariableFacts


class Written:
    """What went into the file: by the identity of each variable, and by content.

    Attributes:
        by_id: The facts of each variable, by its `id`.
        contents: Shape and digest of each array, in the order of writing.
        digests: Of each member of the archive, `algorithm:hexadecimal`.
    """

    def __init__(self) -> None:
        self.by_id: dict[int, VariableFacts] = {}
        self.contents: list[tuple[tuple[int, ...], str]] = []
        self.digests: dict[str, str] = {}
        self._noted: list[tuple[str, Any, Callable[[], VariableFacts]]] = []

    def note(self, path: str, value: Any, measured: Callable[[], VariableFacts]) -> None:
        """Note one stored array, whose facts may still be in the making."""
        self._noted.append((path, value, measured))

    def settle(self) -> None:
        """Wait for the facts of everything that was noted."""
        for path, value, measured in self._noted:
            facts = msgspec.structs.replace(measured(), path=path)
            self.contents.append((facts.shape, facts.digest))
            if not isinstance(value, np.ndarray):
                self.by_id[id(value)] = facts
        self._noted.clear()


@functools.cache
def name_of(dtype: np.dtype[Any]) -> str:
    """`dtype.name`, which NumPy makes anew whenever it is asked."""
    return dtype.name


def measure(array: np.ndarray[Any, Any], path: str = "", holder: str = "") -> VariableFacts:
    """The facts of one variable's values."""
    nan, infinite = _not_finite(array)
    return VariableFacts(
        path=path,
        shape=array.shape,
        dtype=name_of(array.dtype),
        holder=holder,
        nan=nan,
        infinite=infinite,
        digest=arrays.digest(array),
    )


def _not_finite(array: np.ndarray[Any, Any]) -> tuple[int, int]:
    """(NaN, infinite) values; one sum tells for nearly every array that there are none."""
    if array.dtype.kind not in "fcV" or not array.size:
        return 0, 0
    values = array.astype("float32") if array.dtype.kind == "V" else array
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()):
            return 0, 0
    return int(np.isnan(values).sum()), int(np.isinf(values).sum())
