"""Files, folders and globs as one source: each file is read by the module of its format."""

from __future__ import annotations

import glob
import importlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from saveguard.data.source import Part, Source, Trouble

if TYPE_CHECKING:
    import pyarrow as pa

# The module of `data.sources` for each ending.
FORMATS = {".parquet": "parquet", ".pq": "parquet"}


class Files(msgspec.Struct, frozen=True):
    """Files, folders and globs, in the order in which they were given.

    Attributes:
        paths: As the user wrote them.
    """

    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        """The paths as they were given."""
        return ", ".join(self.paths)

    @property
    def movable(self) -> bool:
        """Files can be read by whoever sees the same file system."""
        return True

    def parts(self) -> Iterator[Part | Trouble]:
        """The parts of each file; folders are walked, in the order of their names."""
        for path in self.paths:
            for file in _files(path):
                yield from _format(FORMATS[os.path.splitext(file)[1]]).parts(file)

    def read(self, part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
        """The batches of a part, by the module of its format."""
        found: Iterator[pa.RecordBatch | Trouble] = _format(part.format).read(part, columns)
        return found


def source(data: str | os.PathLike[str] | Iterable[Any]) -> Source:
    """A source for data in any form that is known: a path, a glob, a folder, or several."""
    if isinstance(data, (str, os.PathLike)):
        return Files((os.fspath(data),))
    return Files(tuple(map(os.fspath, data)))


def _files(path: str) -> list[str]:
    if os.path.isdir(path):
        path = os.path.join(glob.escape(path), "**", "*")
    found = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else [path]
    return [file for file in found if os.path.splitext(file)[1] in FORMATS]


def _format(name: str) -> Any:
    return importlib.import_module(f"saveguard.data.sources.{name}")
