"""The index of a series of checkpoints: which files there are, which are proven, which is best.

It is a file beside the checkpoints, replaced in one step, so that a crash leaves the old one or
the new one. What it says of a file that is gone is not believed.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal

import msgspec

from saveguard.training.place import Place
from saveguard.training.state import Progress

State = Literal["proven", "not proven"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One checkpoint.

    Attributes:
        file: Its name in the place of the index.
        state: `proven`, or `not proven` where no proof was asked for. One that fails its proof
            is no checkpoint, and is put aside.
        value: The monitored value; None where it was not among the logs.
        size, modified: Of the file, in bytes and nanoseconds: another file of this name is not
            this checkpoint.
        findings: Codes of what is certain.
    """

    file: str
    state: State
    progress: Progress
    value: float | None = None
    size: int = 0
    modified: int = 0
    findings: tuple[str, ...] = ()


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The checkpoints of one file name template, oldest first.

    Attributes:
        best: The best monitored value so far, of those whose file was proven or not refuted.
    """

    template: str
    monitor: str = ""
    best: float | None = None
    entries: tuple[Entry, ...] = ()
    schema_version: int = 1

    def with_entry(self, entry: Entry, best: float | None) -> Index:
        """This index with one more checkpoint; an older one of the same file is gone."""
        kept = tuple(one for one in self.entries if one.file != entry.file)
        return msgspec.structs.replace(self, entries=(*kept, entry), best=best)

    def without(self, files: set[str]) -> Index:
        """This index without the checkpoints of some files."""
        kept = tuple(one for one in self.entries if one.file not in files)
        return msgspec.structs.replace(self, entries=kept)


def name_of(rest: str) -> str:
    """The name of a template's index, a hidden file where its checkpoints lie.

    Args:
        rest: The template within that place.
    """
    name = re.sub(r"[^\w.-]+", "_", rest)[:60]
    digest = hashlib.sha256(rest.encode()).hexdigest()[:8]
    return f".{name}.{digest}.checkpoints.json"


def read(place: Place, content: bytes | None, template: str) -> Index:
    """The index that `content` is, without the checkpoints whose files are gone or were replaced.

    One that cannot be read is as good as none: the checkpoints say themselves what they are.
    """
    try:
        index = msgspec.json.decode(content or b"", type=Index)
    except msgspec.DecodeError:
        return Index(template=template)
    there = tuple(one for one in index.entries if _is_there(place, one))
    return msgspec.structs.replace(index, entries=there)


def content_of(index: Index) -> bytes:
    """The index as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(index))


def _is_there(place: Place, entry: Entry) -> bool:
    size, modified = place.stamp(entry.file) or (None, 0)
    return size == entry.size and modified // place.grain == entry.modified // place.grain
