"""Columns of Arrow in the few types that a summary reads, without a copy where that is possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from saveguard.data.columns import depth
from saveguard.data.source import Met
from saveguard.data.sources import arrays
from saveguard.data.summary import SHOWN

if TYPE_CHECKING:
    import pyarrow as pa

    from saveguard.data.source import Read


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch without structs, dictionaries, views and extensions: what they stand for instead.

    The fields of a struct become columns `struct.field`, and a tensor becomes nested lists of
    fixed sizes; where all columns are plain already, the batch is given back.
    """
    if not any(_is_other(kind) for kind in batch.schema.types):
        return batch
    found: dict[str, pa.Array] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        found |= dict(_columns(name, column))
    return arrays.batch(found)


def schema(held: pa.Schema) -> pa.Schema:
    """The schema that `plain` gives the batches of this one."""
    import pyarrow as pa

    columns = [pa.nulls(0, kind) for kind in held.types]
    return plain(pa.RecordBatch.from_arrays(columns, schema=held)).schema


def wanted(there: Sequence[str], columns: Sequence[str] | None) -> list[str]:
    """The columns of a file that were asked for, in the file's order."""
    return [name for name in there if columns is None or name in columns]


def asked(batch: pa.RecordBatch, columns: Sequence[str] | None, row: int) -> Iterator[Read]:
    """The columns of a batch that were asked for, and which others it has.

    Args:
        row: How many rows of the part stand before the batch.
    """
    names = wanted(batch.schema.names, columns)
    yield batch.select(names)
    for field in batch.schema:
        if field.name not in names:
            there = np.flatnonzero(batch.column(field.name).is_valid())
            first = tuple((there[:SHOWN] + row).tolist())
            yield Met(field.name, depth(field.type), len(there), first)


def _columns(name: str, column: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_struct(kind):
        for field, values in zip(kind, column.flatten(), strict=True):
            yield from _columns(f"{name}.{field.name}", values)
    else:
        yield name, _simple(column)


def _simple(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if isinstance(kind, pa.FixedShapeTensorType):
        return _tensor(column)
    if isinstance(kind, pa.BaseExtensionType):
        return _simple(column.storage)
    if pa.types.is_dictionary(kind):
        return column.dictionary_decode()
    if pa.types.is_run_end_encoded(kind):
        return pc.run_end_decode(column)
    if pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        return column.cast(pa.large_list(kind.value_type))
    for one, other in (
        (pa.string_view(), pa.large_string()),
        (pa.binary_view(), pa.large_binary()),
    ):
        if kind == one:
            return column.cast(other)
    return column


def _tensor(column: Any) -> pa.Array:
    shape = (len(column), *column.type.shape)
    if column.null_count:
        return column.storage
    return arrays.nested(column.storage.flatten(), shape)


def _is_other(kind: pa.DataType) -> bool:
    import pyarrow as pa

    of = pa.types
    return isinstance(kind, pa.BaseExtensionType) or any(
        test(kind)
        for test in (
            *(of.is_struct, of.is_dictionary, of.is_run_end_encoded),
            *(of.is_list_view, of.is_large_list_view, of.is_string_view, of.is_binary_view),
        )
    )
