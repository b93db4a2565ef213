"""Files, folders, globs and addresses as one source: a file is read by the module of its format."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import opening
from saveguard.data.sources.extras import need
from saveguard.data.sources.formats import format_by_content, format_of
from saveguard.data.sources.stops import MISSING, MIXED, UNKNOWN, guarded, stop

if TYPE_CHECKING:
    import pyarrow as pa

# Read as one, since a file of theirs is a row.
_TOGETHER = "images"
# What lies beside data and is none.
_BESIDE = (
    ".md",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".idx",
    ".crc",
    ".log",
    ".py",
    ".html",
    ".db",
    ".ini",
)


class Files(msgspec.Struct, frozen=True):
    """Files, folders, globs and addresses, in the order in which they were given.

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
        need("pyarrow", "data", "to read data")
        for path in self.paths:
            yield from _parts(path)

    def read(self, part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | Trouble]:
        """The batches of a part, by the module of its format."""
        found = _module(part.format).read(part, columns)
        yield from guarded(found, part.file, part)


def files(data: Iterable[str | os.PathLike[str]]) -> Files:
    """Files as a source."""
    return Files(tuple(os.fspath(path) for path in data))


def _parts(path: str) -> Iterator[Part | Trouble]:
    """The parts of what one path means, and what is wrong with it as a whole."""
    try:
        found = opening.files(path)
        if not found:
            yield Trouble(code=MISSING, file=path, what=_nothing(path))
        formats = _formats(found, alone=found == [path])
    except Exception as error:  # noqa: BLE001  told as a trouble of the path, with a code
        yield stop(error, path)
        return
    yield from _whole(path, formats)
    images = _TOGETHER in formats.values()
    if images:
        yield from guarded(_module(_TOGETHER).parts(path), path)
    for file, format_ in formats.items():
        if format_ not in ("", _TOGETHER):
            yield from guarded(_module(format_).parts(file), file)


def _whole(path: str, formats: dict[str, str]) -> Iterator[Trouble]:
    """Files of no known format, and of several."""
    unknown = [file for file, format_ in formats.items() if not format_]
    unknown = [file for file in unknown if len(formats) == 1 or not file.endswith(_BESIDE)]
    for file in unknown:
        yield Trouble(
            code=UNKNOWN,
            file=file,
            what="neither its name nor its content is of any format that is read",
        )
    counted = Counter(format_ for format_ in formats.values() if format_)
    if len(counted) > 1:
        told = ", ".join(f"{count:,} of {name}" for name, count in sorted(counted.items()))
        yield Trouble(code=MIXED, file=path, what=f"it holds files of several formats: {told}")


def _formats(files: list[str], *, alone: bool) -> dict[str, str]:
    """The format of each file; what lies beside data is none: the `state.json` of a table."""
    named = {file: format_of(file) for file in files}
    if any(named.values()):
        named = {file: name for file, name in named.items() if not file.endswith(_BESIDE)}
    return {file: name or _by_content(file, alone) for file, name in named.items()}


def _by_content(file: str, alone: bool) -> str:
    """The format by the first bytes; of a file in a folder that cannot be opened, none."""
    try:
        return format_by_content(file)
    except OSError:
        if alone:
            raise
        return ""


def _nothing(path: str) -> str:
    return "no file matches it" if any(c in path for c in "*?[") else "there is no file in it"


def _module(name: str) -> Any:
    return importlib.import_module(f"saveguard.data.sources.{name}")
