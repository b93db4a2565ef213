"""Parquet: a part is a row group, read column by column without a copy."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from saveguard.data.source import Part, Trouble

if TYPE_CHECKING:
    import pyarrow as pa

# Rows are decoded in batches of about this many bytes, so that a large row group needs no memory.
_BATCH = 1 << 24


def parts(path: str) -> Iterator[Part | Trouble]:
    """One part for each row group, from the file's footer."""
    import pyarrow.parquet as pq

    state = os.stat(path)
    stamp = f"{state.st_size} {state.st_mtime_ns}"
    metadata, row = pq.read_metadata(path), 0
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
        )
        row += group.num_rows


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
    """The batches of a row group."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(part.file, pre_buffer=False) as file:
        there = file.schema_arrow.names
        wanted = there if columns is None else [name for name in columns if name in there]
        rows = max(1, min(part.rows, part.rows * _BATCH // max(part.bytes, 1)))
        yield from file.iter_batches(
            batch_size=rows, row_groups=[part.start], columns=wanted, use_threads=False
        )
