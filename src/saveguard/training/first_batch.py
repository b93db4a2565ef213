"""The data that a training begins with, as far as they can be seen without being used up."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from saveguard.model import batch

_ROWS = 8


def first_batch(model: Any) -> Any:
    """`(x, y)` of the first rows that the `fit` around this call was given; None if unseen.

    Keras tells its callbacks nothing of the data, so the arguments are read from the call of
    `model.fit` itself. Of arrays the first rows are taken, of a data set its first batch; a
    generator is left alone, as what it has given is gone.
    """
    given = _arguments(sys._getframe(1), model)
    x, y = given.get("x"), given.get("y")
    if x is None or isinstance(x, Iterator):
        return None
    taken = batch.first_batch(x)
    if taken is not x:
        return taken
    rows = [_head(part) for part in (x, y)]
    return rows[0] if y is None else tuple(rows)


def _arguments(frame: FrameType | None, model: Any) -> dict[str, Any]:
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            return frame.f_locals
        frame = frame.f_back
    return {}


def _head(value: Any) -> Any:
    """The first rows of nested arrays."""
    if isinstance(value, dict):
        return {key: _head(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and not batch.is_numbers(value):
        return type(value)([_head(part) for part in value])
    return value[:_ROWS] if hasattr(value, "shape") and len(value.shape) else value
