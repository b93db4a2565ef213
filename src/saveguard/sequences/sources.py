"""Every form in which users hold sequences; each is recognised without importing its library."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from saveguard.rules import registry
from saveguard.sequences import lists
from saveguard.sequences.flat import Flat, flat, refuse, row_of


def read(sequences: Any) -> Flat:
    """The sequences in `sequences`, one after the other.

    Lists and tuples of lists, arrays or tensors; arrays (of objects, or with rows as sequences);
    ragged tensors of TensorFlow; nested tensors of torch; list arrays of Arrow, awkward, and list
    columns of pandas and polars; any other iterable is read to its end. A row that is null is
    an empty one.

    Raises:
        SaveguardError: If a row is no sequence (SG601), or the steps do not fit together (SG623).
    """
    room = type(sequences).__module__.partition(".")[0]
    if room in _FORMS and room in sys.modules:
        return _FORMS[room](sequences)
    if hasattr(sequences, "row_splits") and hasattr(sequences, "flat_values"):
        return _ragged(sequences)
    if isinstance(sequences, np.ndarray) and sequences.dtype != object:
        return _rectangle(sequences)
    if isinstance(sequences, (str, bytes, dict)) or not hasattr(sequences, "__iter__"):
        shown = f"a {type(sequences).__name__}"
        refuse(registry.module("SG601").row_is_scalar("sequences", 0, shown))
    return lists.read(sequences if isinstance(sequences, (list, tuple)) else list(sequences))


def _rectangle(array: Any) -> Flat:
    if array.ndim < 2:
        first = repr(array.flat[0].item()) if array.size else "a value"
        refuse(registry.module("SG601").row_is_scalar("sequences[0]", 0, first))
    lengths = np.full(len(array), array.shape[1], np.int64)
    return flat(array.reshape(-1, *array.shape[2:]), lengths)


def _ragged(tensor: Any) -> Flat:
    """A RaggedTensor; where further axes are ragged, its rows are read one by one."""
    if getattr(tensor, "ragged_rank", 1) > 1:
        return lists.read(tensor.to_list())
    values = np.asarray(tensor.values)
    values = values if values.dtype.kind not in "SU" else values.astype(object)
    return flat(values, np.diff(np.asarray(tensor.row_splits)))


def _torch(tensor: Any) -> Flat:
    if not tensor.is_nested:
        return _rectangle(tensor.detach().cpu().numpy())
    return lists.read([part.detach().cpu().numpy() for part in tensor.unbind()])


def _arrow(array: Any) -> Flat:
    """A list array: its offsets tell the lengths, its values are read where they lie."""
    if hasattr(array, "num_chunks"):
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    if hasattr(array, "chunks"):  # some releases give the combined chunks as a chunked array
        array = array.chunk(0)
    kind = str(array.type)
    if not kind.startswith(("list", "large_list", "fixed_size_list")):
        refuse(registry.module("SG601").row_is_scalar("sequences[0]", 0, f"a {kind}"))
    inner = array.flatten()
    lengths = np.asarray(array.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
    return flat(_arrow_values(inner, lengths), lengths)


def _arrow_values(inner: Any, lengths: Any) -> Any:
    kind = str(inner.type)
    if inner.null_count:
        step = int(np.flatnonzero(np.asarray(inner.is_null()))[0])
        place = "sequences" + row_of(lengths, step)
        refuse(registry.module("SG623").found(place, "null", "values"))
    if "list" in kind.partition("<")[0]:
        held = lists.read(inner.to_pylist()) if "fixed" not in kind else None
        if held is None:
            values = _arrow_values(inner.flatten(), np.full(len(inner), inner.type.list_size))
            return values.reshape(len(inner), inner.type.list_size, *values.shape[1:])
        if (held.lengths != held.lengths[:1]).any():
            return lists.nested(held, lengths).values
        return held.values.reshape(len(held.lengths), -1, *held.values.shape[1:])
    return inner.to_numpy(zero_copy_only=False)


def _awkward(array: Any) -> Flat:
    awkward = sys.modules["awkward"]
    if array.ndim < 2:
        refuse(registry.module("SG601").row_is_scalar("sequences[0]", 0, repr(array[0])[:40]))
    lengths = awkward.to_numpy(awkward.fill_none(awkward.num(array, axis=1), 0))
    inner = awkward.flatten(array, axis=1)
    try:
        return flat(awkward.to_numpy(inner, allow_missing=False), lengths)
    except ValueError:
        return lists.read(awkward.to_list(array))


def _pandas(series: Any) -> Flat:
    if hasattr(series, "columns"):
        refuse(registry.module("SG601").row_is_scalar("sequences", 0, "a DataFrame"))
    if "pyarrow" in str(series.dtype):
        return _arrow(series.array.__arrow_array__())
    return lists.read([None if isinstance(row, float) else row for row in series])


def _polars(series: Any) -> Flat:
    if hasattr(series, "columns"):
        refuse(registry.module("SG601").row_is_scalar("sequences", 0, "a DataFrame"))
    kind = str(series.dtype)
    if not kind.startswith(("List", "Array")):
        refuse(registry.module("SG601").row_is_scalar("sequences[0]", 0, f"a {kind}"))
    if kind.startswith("Array") and not series.null_count():
        return _rectangle(series.to_numpy())
    if "(List(" in kind or "(Array(" in kind:
        return lists.read(series.to_list())
    lengths = series.list.len().fill_null(0).to_numpy()
    inner = series.filter(series.list.len() > 0).explode()
    if inner.null_count():
        step = int(np.flatnonzero(inner.is_null().to_numpy())[0])
        place = "sequences" + row_of(lengths, step)
        refuse(registry.module("SG623").found(place, "null", "values"))
    return flat(inner.to_numpy(), lengths)


_FORMS = {
    "awkward": _awkward,
    "pandas": _pandas,
    "polars": _polars,
    "pyarrow": _arrow,
    "torch": _torch,
}
