"""What an audit asks of a source: its parts, and the batches of one of them.

A part is the unit of work: a row group, a file, a range of lines. Parts are small frozen values,
so that a thread, a process or a Ray worker can take one and read it, whatever the others do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

import msgspec

from saveguard.facts import Trouble

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Met", "Part", "Read", "Source", "Trouble"]


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of rows that one worker reads from end to end.

    Attributes:
        file: The path or address as the user would write it; of an iterable, what it is called.
        format: The module of `data.sources` that reads it: `parquet`, `npy`, ...
        at: Where in the file, for a person: `row group 3`; empty for the whole file.
        start, stop: What the format makes of it: row groups, rows, bytes; `stop` 0: to the end.
        first_row: How many rows of the file stand before it; -1 where that is not known.
        rows: How many rows it has; -1 where only reading tells.
        bytes: How much is to be read, for the progress and to share out work; 0: not known.
        stamp: Changes when the content does (size and time of the file), so that `--resume` does
            not keep what is stale.
        columns: The columns and how many axes each has behind its rows, where the format tells
            them without reading a row.
    """

    file: str
    format: str = ""
    at: str = ""
    start: int = 0
    stop: int = 0
    first_row: int = 0
    rows: int = -1
    bytes: int = 0
    stamp: str = ""
    columns: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        """The part's name, the same in every run: `train/a.parquet, row group 3`."""
        return f"{self.file}, {self.at}" if self.at else self.file


class Met(msgspec.Struct, frozen=True):
    """A column that was not asked for, as the rows that were just read have it.

    Attributes:
        axes: How many axes it has behind its rows.
        rows: How many rows have it.
        first: The first of them, counted from the part's first row.
    """

    column: str
    axes: int
    rows: int
    first: tuple[int, ...]


# What a reader gives.
Read: TypeAlias = "pa.RecordBatch | Trouble | Met"


@runtime_checkable
class Source(Protocol):
    """Data that can be asked for their parts.

    A source whose parts other processes can read is pickled with them, so it holds paths and
    options, never an open file.
    """

    @property
    def name(self) -> str:
        """What the report calls the data: the path or glob as it was given."""

    @property
    def movable(self) -> bool:
        """Whether another thread or process may read a part; an iterator is read in its order."""

    def parts(self) -> Iterable[Part | Trouble]:
        """The parts in their order, the same in every run; with what cannot be opened.

        Cheap: it reads footers and sizes, no rows.
        """

    def read(self, part: Part, columns: Sequence[str] | None) -> Iterator[Read]:
        """The rows of a part in their order, in batches of a bounded size (some 4 MB).

        Args:
            part: One of `parts`.
            columns: The top-level columns that are wanted; None for all. One that is not there is
                left out.

        Columns keep the types of the file, without a copy where that is possible: primitives,
        strings, `list<...>`, `large_list<...>`, `fixed_size_list<...>` and lists of lists; the
        fields of a struct are told as `struct.field`. What cannot be read is given as a `Trouble`
        in its place, and never raised: what stands before and behind it counts.

        A format that tells its columns only as it is read names, behind each batch, those that
        were not asked for (`Met`).
        """
