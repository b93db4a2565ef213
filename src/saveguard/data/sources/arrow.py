"""Arrow files, Feather among them, mapped into memory, and Arrow streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from saveguard.data.columns import told
from saveguard.data.source import Part
from saveguard.data.sources import opening
from saveguard.data.sources.arrays import BATCH
from saveguard.data.sources.plain import asked, plain, schema, wanted
from saveguard.remote.address import is_remote

if TYPE_CHECKING:
    import pyarrow as pa

    from saveguard.data.source import Read

_FILE, _FEATHER_1 = b"ARROW1", b"FEA1"


def parts(path: str) -> Iterator[Part]:
    """One part for each record batch of a file; a stream, which has no index, is one part."""
    import pyarrow as pa

    stamp, bytes_ = opening.stamp(path), opening.size(path)
    with opening.binary(path) as file:
        begins = file.read(6)
    if begins != _FILE:
        named = () if begins[:4] == _FEATHER_1 else _named(path)
        yield Part(file=path, format="arrow", bytes=bytes_, stamp=stamp, columns=named)
        return
    with _mapped(path) as file, pa.ipc.open_file(file) as held:
        count, row, columns = held.num_record_batches, 0, told(schema(held.schema))
        for index in range(count):
            rows = held.get_batch(index).num_rows
            yield Part(
                file=path,
                format="arrow",
                at=f"record batch {index}" if count > 1 else "",
                start=index,
                stop=index + 1,
                first_row=row,
                rows=rows,
                bytes=bytes_ // count,
                stamp=stamp,
                columns=columns,
            )
            row += rows


def read(part: Part, columns: Sequence[str] | None) -> Iterator[Read]:
    """The rows of a record batch, or of a stream from its first to its last."""
    import pyarrow as pa

    with _mapped(part.file) as file:
        begins, row = file.read(6), 0
        file.seek(0)
        if begins[:4] == _FEATHER_1:
            import pyarrow.feather as feather

            for batch in feather.read_table(file).to_batches():
                yield from asked(plain(batch), columns, row)
                row += batch.num_rows
            return
        found: Any = (
            [pa.ipc.open_file(file).get_batch(part.start)]
            if part.stop
            else pa.ipc.open_stream(file)
        )
        for batch in found:
            held = plain(batch.select(wanted(batch.schema.names, columns)))
            yield from _cut(held.select(wanted(held.schema.names, columns)))


def _named(path: str) -> tuple[tuple[str, int], ...]:
    """The columns of a stream, which begins with its schema."""
    import pyarrow as pa

    with _mapped(path) as file:
        return told(schema(pa.ipc.open_stream(file).schema))


def _mapped(path: str) -> Any:
    import pyarrow as pa

    if is_remote(path):
        return pa.PythonFile(opening.binary(path), mode="r")
    return pa.memory_map(path)


def _cut(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A large batch in slices; nothing is copied."""
    rows = max(1, batch.num_rows * BATCH // max(batch.nbytes, 1))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)
