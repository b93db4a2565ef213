"""Rows in memory: arrays, sequences, dictionaries of columns, frames, Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from saveguard.data.source import Part, Trouble
from saveguard.data.sources.batches import table
from saveguard.data.sources.plain import plain, wanted

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 1 << 16


class Table:
    """Data in memory, read as one part."""

    movable = False

    def __init__(self, data: Any) -> None:
        self._data = data

    @property
    def name(self) -> str:
        """The class of the data."""
        return f"a {type(self._data).__name__}"

    def parts(self) -> Iterator[Part | Trouble]:
        """One part."""
        yield Part(file=self.name, format="tables")

    def read(self, part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
        """The rows, in batches that share memory with the data where their types allow it."""
        frame = _arrow(self._data)
        if frame is not None:
            asked = frame.select(wanted(frame.column_names, columns))
            yield from map(plain, asked.to_batches(max_chunksize=_BATCH))
            return
        for found in table(_columns(self._data), part.file, "", 0, columns):
            if isinstance(found, Trouble):
                yield found
                continue
            for start in range(0, found.num_rows, _BATCH):
                yield found.slice(start, _BATCH)


def _columns(data: Any) -> Any:
    """A frame of pandas as its columns; other data as they are."""
    if type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "columns"):
        return {str(name): data[name].to_numpy() for name in data.columns}
    return data


def _arrow(data: Any) -> Any:
    """A frame as a table of Arrow, or None."""
    import pyarrow as pa

    if isinstance(data, (pa.Table, pa.RecordBatch)):
        return pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
    room = type(data).__module__.partition(".")[0]
    if room == "polars" and hasattr(data, "to_arrow") and hasattr(data, "columns"):
        return data.to_arrow()
    if room == "datasets":
        return data.with_format("arrow")[:]
    return None
