"""A column as flat values and the offsets of its axes, without a copy where Arrow allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

Array = np.ndarray[Any, Any]


class Flat(NamedTuple):
    """A column of one batch.

    Attributes:
        rows: How many rows.
        null: Which rows are null; None where none is.
        levels: For each axis behind the rows, where each sequence begins among those of the next
            axis (or the values), and where the last one ends; from 0.
        nulls: For each axis, which of its elements are null; the last is of the values.
        values: The values that are not null, in a type that NumPy computes with.
        type: The Arrow type of the column, as text.
        kind: `number`, `text`, or `other`, of which only the lengths are looked at.
    """

    rows: int
    null: Array | None
    levels: tuple[Array, ...]
    nulls: tuple[Array | None, ...]
    values: Array
    type: str
    kind: str

    @property
    def there(self) -> Array:
        """The rows that are not null."""
        return np.arange(self.rows) if self.null is None else np.flatnonzero(~self.null)

    @property
    def begins(self) -> Array:
        """Where each row begins among all values, nulls counted; and where the last one ends."""
        return through(self.levels) if self.levels else np.arange(self.rows + 1)


def through(levels: tuple[Array, ...]) -> Array:
    """The offsets of the first axis, told in elements of the last."""
    found = levels[0]
    for inner in levels[1:]:
        found = inner[found]
    return found


def flat(column: pa.Array) -> Flat:
    """The column of a batch, laid out flat."""
    told, levels, nulls = str(column.type), [], []
    array, shape = _storage(column)
    null = missing = _null(array)
    while (opened := _opened(array, missing)) is not None:
        offsets, array = opened
        levels.append(offsets)
        array, inner = _storage(array)
        shape = shape or inner
        missing = _null(array)
        nulls.append(missing)
    levels, nulls = _shaped(levels, nulls, shape)
    if not levels:
        nulls = [null]
    values, kind = _values(array, missing)
    return Flat(len(column), null, tuple(levels), tuple(nulls), values, told, kind)


def _storage(array: pa.Array) -> tuple[pa.Array, tuple[int, ...]]:
    """What an extension type or a dictionary stands for; of a tensor with its shape."""
    import pyarrow as pa

    shape: tuple[int, ...] = ()
    if isinstance(array, pa.ExtensionArray):
        shape = tuple(getattr(array.type, "shape", None) or ())
        array = array.storage
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    return array, shape


def _null(array: pa.Array) -> Array | None:
    """Which elements are null, if any is."""
    if not array.null_count:
        return None
    there = array.buffers()[0]
    if there is None:  # of a type that knows it otherwise
        return np.asarray(array.is_null().to_numpy(zero_copy_only=False))
    whole, first = divmod(array.offset, 8)
    held = np.frombuffer(there, np.uint8, offset=whole)
    bits = np.unpackbits(held, count=first + len(array), bitorder="little")
    return np.asarray(bits[first:] == 0)


def _opened(array: pa.Array, null: Array | None) -> tuple[Array, pa.Array] | None:
    """The offsets of a list array from 0, and what it holds, without what null rows hold."""
    import pyarrow as pa

    if isinstance(array, pa.FixedSizeListArray):
        # It leaves out what stands in rows that are null.
        width = array.type.list_size
        if null is None:
            held = array.values.slice(array.offset * width, len(array) * width)
            return np.arange(len(array) + 1) * width, held
        return _ends(np.where(null, 0, width)), array.flatten()
    if not isinstance(array, (pa.ListArray, pa.LargeListArray)):
        return None
    offsets = array.offsets.to_numpy()
    first, last = (offsets[0], offsets[-1]) if len(offsets) else (0, 0)
    if null is not None:
        lengths = offsets[1:] - offsets[:-1]
        if lengths[null].any():
            return _ends(np.where(null, 0, lengths)), array.flatten()
    return (offsets - first if first else offsets), array.values.slice(first, last - first)


def _ends(lengths: Array) -> Array:
    return np.concatenate([[0], np.cumsum(lengths)])


def _shaped(
    levels: list[Array], nulls: list[Array | None], shape: tuple[int, ...]
) -> tuple[list[Array], list[Array | None]]:
    """The axes of a tensor in place of the one in which Arrow stores it."""
    if len(shape) < 2 or not levels:
        return levels, nulls
    size = int(np.prod(shape))
    outer, last = levels[-1] // max(size, 1), nulls[-1]
    made = [outer * shape[0]]
    for axis in range(1, len(shape)):
        count = int(outer[-1]) * int(np.prod(shape[:axis]))
        made.append(np.arange(count + 1) * shape[axis])
    return levels[:-1] + made, nulls[:-1] + [None] * (len(shape) - 1) + [last]


def _values(array: pa.Array, null: Array | None) -> tuple[Array, str]:
    """The values that are not null, and what they are."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_null(kind):
        return np.empty(0), "number"
    if pa.types.is_decimal(kind):
        array = array.cast(pa.float64())
    elif pa.types.is_boolean(kind):
        array = array.cast(pa.uint8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        view = getattr(pa.types, "is_string_view", lambda _: False)(kind)
        return np.empty(0), "text" if text or view else "other"
    if null is None:
        return array.to_numpy(), "number"
    held = [None, array.buffers()[1]]
    whole = pa.Array.from_buffers(array.type, len(array), held, null_count=0, offset=array.offset)
    return whole.to_numpy()[~null], "number"
