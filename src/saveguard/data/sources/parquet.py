"""Parquet: a part is a row group, read column by column without a copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from saveguard.data.columns import told
from saveguard.data.source import Part, Trouble
from saveguard.data.sources import arrays, opening
from saveguard.data.sources.plain import plain, schema, wanted
from saveguard.remote.address import is_remote

if TYPE_CHECKING:
    import pyarrow as pa

# A column is read as it is decoded, so that a row group of gigabytes needs no memory.
_BUFFER = 1 << 16


def parts(path: str) -> Iterator[Part | Trouble]:
    """One part for each row group, from the file's footer."""
    import pyarrow.parquet as pq

    stamp, row = opening.stamp(path), 0
    with opening.binary(path) as file:
        held = pq.ParquetFile(file)
        metadata, columns = held.metadata, told(schema(held.schema_arrow))
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        yield Part(
            file=path,
            format="parquet",
            at=f"row group {index}" if metadata.num_row_groups > 1 else "",
            start=index,
            stop=index + 1,
            first_row=row,
            rows=group.num_rows,
            bytes=group.total_byte_size,
            stamp=stamp,
            columns=columns,
        )
        row += group.num_rows


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """The batches of a row group."""
    import pyarrow.parquet as pq

    remote = is_remote(part.file)
    with pq.ParquetFile(
        opening.binary(part.file) if remote else part.file,
        pre_buffer=remote,
        buffer_size=0 if remote else _BUFFER,
    ) as file:
        found = file.iter_batches(
            batch_size=arrays.rows_of(part.bytes, part.rows),
            row_groups=[part.start],
            columns=wanted(file.schema_arrow.names, columns),
            use_threads=False,
        )
        for batch in map(plain, found):
            yield batch.select(wanted(batch.schema.names, columns))
