"""NumPy's `.npy`: mapped into memory, and never unpickled."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.lib import format as npy

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import arrays, opening
from saveguard.data.sources.stops import DAMAGED, PICKLED
from saveguard.remote.address import is_remote
from saveguard.wording import many

if TYPE_CHECKING:
    import pyarrow as pa

# `tokens-00003.npy` is a piece of `tokens`.
_SHARD = re.compile(r"[-_.]?\d+([-_.]of[-_.]\d+)?$")
_PART = 1 << 26


class Header(msgspec.Struct, frozen=True):
    """What stands before the values of an array.

    Attributes:
        begins: The byte at which the values begin.
    """

    shape: tuple[int, ...]
    dtype: Any
    fortran: bool
    begins: int

    @property
    def width(self) -> int:
        """Bytes of a row."""
        return int(self.dtype.itemsize * np.prod(self.shape[1:], dtype=np.int64))

    def whole_rows(self, size: int) -> int:
        """How many rows are there to their end in so many bytes behind the header."""
        if self.fortran and len(self.shape) > 1:  # columns first: a cut takes from every row
            return self.shape[0] if size >= self.width * self.shape[0] else 0
        return min(self.shape[0], size // self.width) if self.width else self.shape[0]


def parts(path: str) -> Iterator[Part | Trouble]:
    """Stretches of rows of about 64 MB, from the file's header; what is cut off is told."""
    with opening.binary(path) as file:
        head = header(file)
    if head.dtype.hasobject:
        yield pickled(path)
        return
    whole = head.whole_rows(opening.size(path) - head.begins)
    yield from _stretches(path, whole, head)
    if whole < head.shape[0]:
        yield cut_off(path, whole, head.shape[0])


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """The rows of a stretch; the column is called as the file is, without a shard's number."""
    name = _name(part.file)
    step = arrays.rows_of(part.bytes, part.rows)
    if not part.rows:
        return
    with opening.binary(part.file) as file:
        rows = _rows(part.file, file, header(file))
        for start in range(part.start, part.stop, step):
            found = arrays.columns(name, rows(start, min(start + step, part.stop)))
            yield arrays.batch(wanted(found, columns))


def header(file: IO[bytes], *, single: bool = False) -> Header:
    """The header of an array; the file stands at its values then.

    Args:
        single: Whether it may be a single value.

    Raises:
        NoColumn: If it is a single value.
        ValueError: If it is no file of NumPy.
    """
    version = npy.read_magic(file)
    known = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = known(file)
    if not shape and not single:
        raise arrays.NoColumn("it holds a single value, which has no rows")
    return Header(shape, dtype, fortran, file.tell())


def wanted(found: dict[str, pa.Array], columns: Sequence[str] | None) -> dict[str, pa.Array]:
    """The columns that were asked for, a field by the name of its structure."""
    if columns is None:
        return found
    return {name: held for name, held in found.items() if name.partition(".")[0] in columns}


def pickled(path: str, member: str = "") -> Trouble:
    """An array of Python objects is a pickle, which is not read."""
    what = f"`{member}` holds" if member else "it holds"
    return Trouble(
        code=PICKLED, file=path, what=f"{what} Python objects, which are a pickle", column=member
    )


def cut_off(path: str, whole: int, rows: int, place: str = "") -> Trouble:
    """An array that ends before its header says so."""
    what = f"it ends in row {whole:,}, and its header says {many(rows, 'row')}"
    return Trouble(code=DAMAGED, file=path, what=what, place=place, row=whole, rows=rows - whole)


def _stretches(path: str, rows: int, head: Header) -> Iterator[Part]:
    columns, width = arrays.described(_name(path), head.shape, head.dtype), head.width
    step, stamp = max(_PART // max(width, 1), 1), opening.stamp(path)
    for start in range(0, rows, step) or (0,):
        stop = min(start + step, rows)
        yield Part(
            file=path,
            format="npy",
            at=f"rows {start} to {stop - 1}" if rows > step else "",
            start=start,
            stop=stop,
            first_row=start,
            rows=stop - start,
            bytes=(stop - start) * width,
            stamp=stamp,
            columns=columns,
        )


def _name(path: str) -> str:
    return _SHARD.sub("", os.path.basename(path).removesuffix(".npy")) or "x"


def _rows(path: str, file: IO[bytes], head: Header) -> Any:
    """A function of a first and a last row that gives the values between."""
    if not is_remote(path) and head.width:
        rows = head.whole_rows(opening.size(path) - head.begins)
        mapped = np.memmap(
            path,
            head.dtype,
            "r",
            head.begins,
            (rows, *head.shape[1:]),
            "F" if head.fortran else "C",
        )
        return lambda start, stop: mapped[start:stop]
    if head.fortran and len(head.shape) > 1:
        flat = np.frombuffer(file.read(), head.dtype)
        return lambda start, stop: flat.reshape(head.shape, order="F")[start:stop]

    def piece(start: int, stop: int) -> Any:
        file.seek(head.begins + start * head.width)
        values = np.frombuffer(file.read((stop - start) * head.width), head.dtype)
        return values.reshape(stop - start, *head.shape[1:])

    return piece
