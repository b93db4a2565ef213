"""NumPy arrays as Arrow columns: rows first, further axes as fixed-size lists, without a copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from saveguard.data.columns import told

if TYPE_CHECKING:
    import pyarrow as pa

# A batch holds about this many bytes: enough for kernels, and little memory for many threads.
BATCH = 1 << 22


class NoColumn(ValueError):
    """An array that is no column, with what it holds."""


def columns(name: str, array: Any) -> dict[str, pa.Array]:
    """The column of an array; of a structured one, a column `name.field` for each field.

    Args:
        name: What the column is called.
        array: Any NumPy array with at least one axis, of which the first is the rows.

    Raises:
        NoColumn: If the array has no axis, or a dtype that Arrow and Keras have no word for.
    """
    array = np.asarray(array)
    if array.ndim == 0:
        raise NoColumn(f"it is a single value, {array.item()!r}, and has no rows")
    if array.dtype.names:
        held = {f"{name}.{field}" if name else field: array[field] for field in array.dtype.names}
        return {
            key: part
            for where, values in held.items()
            for key, part in columns(where, values).items()
        }
    return {name: column(array)}


def described(name: str, shape: tuple[int, ...], dtype: Any) -> tuple[tuple[str, int], ...]:
    """The columns of an array with their depths; of one that is no column, none."""
    try:
        found = columns(name, np.empty((0, *shape[1:]), dtype))
    except NoColumn:
        return ()
    return told(batch(found).schema)


def column(array: Any) -> pa.Array:
    """One array of numbers, truths or texts as a column; `(rows, 3, 2)` is 3 lists of 2."""
    import pyarrow as pa

    if array.dtype.kind == "V" and not array.dtype.itemsize:
        empty = pa.Array.from_buffers(pa.binary(0), array.size, [None, pa.py_buffer(b"")])
        return nested(empty, array.shape)
    array = native(array)
    flat = array.reshape(-1)
    if array.dtype.kind in "US":
        return nested(pa.array(flat.tolist()), array.shape)
    return nested(pa.array(flat), array.shape)


def native(array: Any) -> Any:
    """The array in this machine's byte order and in a dtype that Arrow has.

    Raises:
        NoColumn: If there is none: complex numbers, raw bytes.
    """
    kind, dtype = array.dtype.kind, array.dtype
    if kind == "V" and dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        return array.astype(np.float32)  # every value of theirs is one of float32's
    if kind not in "biufUSMm":
        raise NoColumn(f"its values are {dtype.name}, which no input of a model takes")
    if kind == "f" and dtype.itemsize > 8:
        return array.astype(np.float64)
    return array if dtype.isnative else array.astype(dtype.newbyteorder("="))


def nested(values: pa.Array, shape: tuple[int, ...]) -> pa.Array:
    """Flat values as `shape[0]` rows; each further axis is a level of fixed-size lists."""
    import pyarrow as pa

    for axis in range(len(shape) - 1, 0, -1):
        rows = int(np.prod(shape[:axis], dtype=np.int64))
        kind = pa.list_(values.type, shape[axis])
        values = pa.Array.from_buffers(kind, rows, [None], 0, 0, [values])
    return values


def ragged(values: Any, lengths: Any) -> pa.Array:
    """Sequences that stand one behind the other in `values`, of these lengths."""
    import pyarrow as pa

    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    inner = values if isinstance(values, pa.Array) else column(np.asarray(values))
    if offsets[-1] < 1 << 31:
        return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), inner)
    return pa.LargeListArray.from_arrays(pa.array(offsets), inner)


def rows_of(size: int, rows: int) -> int:
    """How many rows make a batch, where `rows` rows are `size` bytes."""
    return max(1, min(rows, BATCH * rows // max(size, 1))) if rows else 1


def bare(rows: int) -> pa.RecordBatch:
    """Rows of which no column was asked for."""
    import pyarrow as pa

    return batch({"": pa.nulls(rows)}).select([])


def batch(found: Mapping[str, pa.Array]) -> pa.RecordBatch:
    """Columns of one length as a batch."""
    import pyarrow as pa

    return pa.RecordBatch.from_arrays(list(found.values()), names=list(found))
