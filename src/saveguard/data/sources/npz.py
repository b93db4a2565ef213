"""NumPy's `.npz`: the arrays of an archive as columns, read as they are unpacked."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import arrays, npy, opening
from saveguard.data.sources.npy import Header
from saveguard.data.sources.stops import UNKNOWN
from saveguard.wording import many

if TYPE_CHECKING:
    import pyarrow as pa

LENGTHS = "SG504"
# `x_train` belongs to `y_train`, not to `x_test`.
_SPLIT = re.compile(r"(?:^|[-_./])(train|training|test|val|valid|validation|dev|eval)(?=$|[-_./])")


def parts(path: str) -> Iterator[Part | Trouble]:
    """One part for each table: arrays of one split, of which all have the same rows."""
    with opening.binary(path) as file, zipfile.ZipFile(file) as archive:
        heads = _headers(archive)
    stamp = opening.stamp(path)
    if not heads:
        yield Trouble(code=UNKNOWN, file=path, what="there is no array in it")
    for name, head in heads.items():
        if head.dtype.hasobject:
            yield npy.pickled(path, name)
        elif not head.shape:
            what = f"`{name}` is a single value, which has no rows"
            yield Trouble(code=UNKNOWN, file=path, what=what, column=name)
    tables = tables_of({name: head.shape[0] for name, head in heads.items() if _plain(head)})
    for number, (names, rows) in enumerate(tables):
        yield from uneven(path, names, heads)
        yield Part(
            file=path,
            format="npz",
            at=", ".join(names) if len(tables) > 1 else "",
            start=number,
            stop=number + 1,
            rows=rows,
            bytes=sum(heads[name].width for name in names) * rows,
            stamp=stamp,
            columns=_columns(names, heads),
        )


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """The rows of a table, as many as its shortest array has."""
    with opening.binary(part.file) as file, zipfile.ZipFile(file) as archive:
        heads = {name: head for name, head in _headers(archive).items() if _plain(head)}
        names, rows = tables_of({name: head.shape[0] for name, head in heads.items()})[part.start]
        asked = [name for name in names if columns is None or name in columns]
        members = {name: archive.open(f"{name}.npy") for name in asked}
        readers = {name: _reader(member) for name, member in members.items()}
        step = arrays.rows_of(part.bytes, rows)
        for start in range(0, rows, step):
            held: dict[str, pa.Array] = {}
            for name, following in readers.items():
                held |= arrays.columns(name, following(start, min(start + step, rows)))
            yield arrays.batch(held)


def tables_of(lengths: Mapping[str, int]) -> list[tuple[list[str], int]]:
    """The names that belong together, in their order, and the rows that all of them have.

    Arrays named for one split belong together; of the others, all do.
    """
    splits: dict[str, list[str]] = {}
    for name in lengths:
        splits.setdefault(split(name), []).append(name)
    return [(names, min(lengths[name] for name in names)) for names in splits.values()]


def split(name: str) -> str:
    """The split that an array is named for: `train` of `x_train`; empty of none."""
    found = _SPLIT.search(name)
    return found[1] if found else ""


def uneven(path: str, names: list[str], heads: Mapping[str, Any]) -> Iterator[Trouble]:
    """Arrays that belong together and have not the same rows."""
    rows = {name: heads[name].shape[0] for name in names}
    least, most = min(rows, key=rows.__getitem__), max(rows, key=rows.__getitem__)
    if rows[least] < rows[most]:
        what = f"`{most}` has {many(rows[most], 'row')} and `{least}` has {rows[least]:,}"
        yield Trouble(
            code=LENGTHS,
            file=path,
            what=what,
            row=rows[least],
            rows=rows[most] - rows[least],
            column=least,
        )


def _columns(names: list[str], heads: Mapping[str, Header]) -> tuple[tuple[str, int], ...]:
    held = (arrays.described(name, heads[name].shape, heads[name].dtype) for name in names)
    return tuple(itertools.chain.from_iterable(held))


def _headers(archive: zipfile.ZipFile) -> dict[str, Header]:
    found = {}
    for name in archive.namelist():
        with archive.open(name) as member:
            if name.endswith(".npy"):
                found[name.removesuffix(".npy")] = npy.header(member, single=True)
    return found


def _plain(head: Header) -> bool:
    return bool(head.shape) and not head.dtype.hasobject


def _reader(member: IO[bytes]) -> Any:
    """A function that gives the next rows of an array; it is asked for them in their order."""
    head = npy.header(member)

    def following(start: int, stop: int) -> Any:
        data = _exactly(member, (stop - start) * head.width)
        return np.frombuffer(data, head.dtype).reshape(stop - start, *head.shape[1:])

    if not head.fortran or len(head.shape) < 2:
        return following
    flat = np.frombuffer(_exactly(member, head.width * head.shape[0]), head.dtype)
    return lambda start, stop: flat.reshape(head.shape, order="F")[start:stop]


def _exactly(member: IO[bytes], size: int) -> bytes:
    data = member.read(size)
    if len(data) < size:
        raise EOFError(f"`{member.name}` ends {size - len(data):,} bytes early")
    return data
