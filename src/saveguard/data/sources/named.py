"""The leaves of a batch, or of data in memory, as columns with the names that a user writes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from saveguard.data.sources import arrays, runs

if TYPE_CHECKING:
    import pyarrow as pa

_PARTS = ("x", "y", "sample_weight")
Segments = list["pa.Array"]


def leaves(data: Any) -> Iterator[tuple[str, Any]]:
    """Each leaf with its column: the keys of a dictionary, else `x`, `y`, `sample_weight`.

    `({"tokens": t}, y)` has the columns `tokens` and `y`, `((a, b), y)` has `x[0]`, `x[1]`, `y`.
    """
    if isinstance(data, list) and any(type(part).__module__ == "torch" for part in data):
        data = tuple(data)  # as torch's loader gives `(x, y)`, and Keras takes it
    if isinstance(data, tuple) and not hasattr(data, "_fields") and 0 < len(data) <= len(_PARTS):
        for name, part in zip(_PARTS, data, strict=False):
            yield from _inside(part, name, bare=name == "x")
    else:
        yield from _inside(data, "x", bare=True)


def segments(value: Any) -> dict[str, Segments]:
    """A leaf as segments of one type each; of a structured array, for each `.field`."""
    value = _held(value)
    if isinstance(value, np.ndarray) and value.dtype != object:
        return {name: [column] for name, column in arrays.columns("", value).items()}
    if not hasattr(value, "__len__") or isinstance(value, (str, bytes)):
        raise arrays.NoColumn(f"it is a single value, {value!r:.60}, and has no rows")
    return {"": runs.segments(value if isinstance(value, (list, tuple)) else list(value))}


def _inside(value: Any, path: str, *, bare: bool) -> Iterator[tuple[str, Any]]:
    """The leaves below one; `bare` is whether keys stand alone, without the path before them."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _inside(part, str(key) if bare else f"{path}[{key!r}]", bare=False)
    elif isinstance(value, (list, tuple)) and _is_several(value):
        for at, part in enumerate(value):
            yield from _inside(part, f"{path}[{at}]", bare=False)
    elif value is not None:
        yield path, value


def _is_several(value: Sequence[Any]) -> bool:
    """Whether a list is several inputs, and no rows: arrays of two axes or more, all as long.

    A tuple is; so Keras reads it.
    """
    if isinstance(value, tuple):
        return any(hasattr(part, "shape") or isinstance(part, Mapping) for part in value)
    lengths = {len(part) if getattr(part, "ndim", 0) > 1 else -1 for part in value}
    return len(lengths) == 1 and -1 not in lengths


def _held(value: Any) -> Any:
    """A tensor of any framework as an array, or as rows where they are of unequal lengths."""
    if isinstance(value, np.ndarray):
        return value
    room = type(value).__module__.partition(".")[0]
    if room == "torch" and room in sys.modules:
        return _torch(value)
    if hasattr(value, "row_splits"):
        return [np.asarray(row) for row in value] if _flat(value) else value.to_list()
    if hasattr(value, "to_numpy") and room in ("pandas", "polars"):
        return value.to_numpy()
    if hasattr(value, "__array__"):
        return np.asarray(value)
    return value


def _flat(value: Any) -> bool:
    return getattr(value, "ragged_rank", 1) == 1


def _torch(value: Any) -> Any:
    torch = sys.modules["torch"]
    if getattr(value, "is_nested", False):
        return [_torch(part) for part in value.unbind()]
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return (value.float() if value.dtype == torch.bfloat16 else value).numpy()
    return value
