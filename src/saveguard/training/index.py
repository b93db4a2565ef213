"""The index of a series of checkpoints: which files there are, which are proven, which is best.

It is a file beside the checkpoints, replaced in one step, so that a crash leaves the old one or
the new one. What it says of a file that is gone is not believed.
"""

from __future__ import annotations

import hashlib
import os
import re
import string
from pathlib import Path
from typing import Literal

import msgspec

from saveguard.persist.staging import staged
from saveguard.training.state import Progress

State = Literal["proven", "not proven"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One checkpoint.

    Attributes:
        file: Its name in the folder of the index.
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


def index_path(template: str) -> Path:
    """Where the index of a template is: a hidden file in the folder of its checkpoints.

    The folder ends where the template's first field begins: `run/{epoch}/m.keras` has its
    index in `run`.
    """
    literal = next(iter(string.Formatter().parse(template)))[0]
    folder = os.path.dirname(literal if len(literal) < len(template) else template)
    rest = os.path.relpath(template, folder or ".")
    name = re.sub(r"[^\w.-]+", "_", rest)[:60]
    digest = hashlib.sha256(rest.encode()).hexdigest()[:8]
    return Path(folder or ".") / f".{name}.{digest}.checkpoints.json"


def read(path: Path, template: str) -> Index:
    """The index at `path`, without the checkpoints whose files are gone or were replaced.

    One that cannot be read is as good as none: the checkpoints say themselves what they are.
    """
    try:
        index = msgspec.json.decode(path.read_bytes(), type=Index)
    except (OSError, msgspec.DecodeError):
        return Index(template=template)
    kept = tuple(one for one in index.entries if _is_there(path.parent / one.file, one))
    return msgspec.structs.replace(index, entries=kept)


def write(path: Path, index: Index) -> None:
    """Replace the index in one step.

    Raises:
        OSError: As the operating system says; the old index is then as it was.
    """
    with staged(path) as staging:
        staging.path.write_bytes(msgspec.json.format(msgspec.json.encode(index)))
        staging.commit()


def _is_there(path: Path, entry: Entry) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (entry.size, entry.modified)
