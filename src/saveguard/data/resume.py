"""Finished parts on disk, so that an audit that was stopped goes on where it was.

One JSON text a line: first what was asked, then each part as it is done. The last line may have
been cut short by whatever stopped the audit; its part is read again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import IO, Self

import msgspec

from saveguard.data.source import Part
from saveguard.data.summary import SCHEMA_VERSION, Seen, Summary
from saveguard.data.work import Work

# In a folder, the file of an audit.
NAME = "audit.jsonl"
_AGAIN = ".again"


class Asked(msgspec.Struct, frozen=True):
    """The first line: what was asked; the answers to another question are no use."""

    asked: str
    schema_version: int = SCHEMA_VERSION


class Done(msgspec.Struct, frozen=True):
    """A further line: a part, its state when it was read, and its summary."""

    part: str
    stamp: str
    summary: Summary


class Kept:
    """The finished parts in a file, which is opened for more.

    Args:
        path: A file, or a folder in which `audit.jsonl` is one. It is made where it is not there,
            and begun anew where it holds the answers to another question.
        work: What is asked.
        again: Whether the parts are read a second time, now that all columns are known; that is
            kept in a file beside the first.
    """

    def __init__(self, path: str, work: Work, *, again: bool = False) -> None:
        self.path = os.path.join(path, NAME) if os.path.isdir(path) else path
        self.path += _AGAIN if again else ""
        self.done: dict[str, Done] = {}
        asked, end = Asked(question(work)), 0
        for size, line in _lines(self.path):
            if end == 0 and line != asked:
                break
            end += size
            if isinstance(line, Done):
                self.done[line.part] = line
        self._file: IO[bytes] = open(self.path, "ab")  # noqa: SIM115  held until `close`
        self._file.truncate(end)
        if end == 0:
            self._write(asked)

    def summary(self, number: int, part: Part) -> Summary | None:
        """The summary of a part that has not changed since; its places bear the new number."""
        done = self.done.get(part.name)
        if done is None or done.stamp != part.stamp:
            return None
        return numbered(done.summary, number)

    def add(self, part: Part, summary: Summary) -> None:
        """Keep a part that was read from end to end."""
        self._write(Done(part.name, part.stamp, summary))

    def _write(self, line: Asked | Done) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def question(work: Work) -> str:
    """The same for the same terms, whatever the engine and the order of the files."""
    told = msgspec.json.encode([work.terms, work.expected, work.columns, work.there])
    return hashlib.sha256(told).hexdigest()


def numbered(summary: Summary, number: int) -> Summary:
    """The summary of one part, as if the part had this number."""
    change = msgspec.structs.replace
    columns = {}
    for name, column in summary.columns.items():
        seen: Mapping[str, Seen] = {
            kind: change(one, first=tuple(change(place, part=number) for place in one.first))
            for kind, one in column.seen.items()
        }
        columns[name] = change(column, seen=seen)
    late = {
        name: change(one, first=tuple(change(place, part=number) for place in one.first))
        for name, one in summary.late.items()
    }
    return change(summary, columns=columns, late=late)


def _lines(path: str) -> Iterator[tuple[int, Asked | Done]]:
    """The lines of a file that are whole, with their sizes; of one that is not there, none."""
    if not os.path.exists(path):
        return
    with open(path, "rb") as file:
        for number, line in enumerate(file):
            try:
                if not line.endswith(b"\n"):
                    return
                kind: type[Done] | type[Asked] = Done if number else Asked
                yield len(line), msgspec.json.decode(line, type=kind)
            except msgspec.DecodeError:
                return
