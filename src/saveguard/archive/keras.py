"""A `.keras` archive: a zip file, or the folder that it unpacks to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from saveguard.archive import parts
from saveguard.archive.budget import UNREADABLE, Damaged
from saveguard.archive.draft import Draft
from saveguard.archive.source import Source
from saveguard.archive.zip import Entry, listing
from saveguard.facts import Role

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
WEIGHTS_NPZ = "model.weights.npz"
_DOCUMENTS: tuple[tuple[str, Role | None], ...] = ((CONFIG, "model"), (METADATA, None))


class Container(Protocol):
    """What holds the parts of an archive."""

    @property
    def names(self) -> Sequence[str]:
        """The parts' names."""

    def content(self, name: str) -> tuple[bytes, Exception | None]:
        """The bytes of a document as far as they go, and why they go no further."""

    def opened(self, name: str) -> AbstractContextManager[Source]:
        """A part, to be read at any place."""


class _Zip:
    """The members of a zip archive; of several with one name, the last."""

    def __init__(self, draft: Draft, source: Source, entries: list[Entry]) -> None:
        self.draft, self.source = draft, source
        self.entries = {entry.member.name: entry for entry in entries}
        self.names = list(self.entries)

    def content(self, name: str) -> tuple[bytes, Exception | None]:
        return parts.content(self.source, self.entries[name], self.draft.meter)

    def opened(self, name: str) -> AbstractContextManager[Source]:
        return parts.opened(self.source, self.entries[name], self.draft.meter)


def read_zip(draft: Draft, source: Source, *, arrays: bool, digests: bool) -> None:
    """Read a zip archive, whatever it holds."""
    found = listing(source, draft.meter)
    draft.members += [entry.member for entry in found.entries]
    if found.damage:
        draft.damaged(found.damage)
    if found.over:
        draft.leave("members", found.over)
    archive = _Zip(draft, source, found.entries)
    names = set(archive.names)
    if found.damage or names & {CONFIG, METADATA, WEIGHTS, WEIGHTS_NPZ}:
        draft.layout = "keras"
    elif names and all(name.endswith(".npy") for name in names):
        from saveguard.archive import npz

        draft.layout = "npz"
        npz.read(draft, source, "")
        return
    if not draft.layout and any(name.endswith("/data.pkl") for name in names):
        draft.content = "torch"
        return
    _structure(draft, found.entries)
    read_parts(draft, archive, arrays=arrays)
    if arrays:
        from saveguard.archive import checksums

        checksums.hold_members(draft, source, found.entries, digests)


def read_parts(draft: Draft, archive: Container, *, arrays: bool) -> None:
    """Read the configuration, the metadata and the weights of an archive."""
    for name, role in _DOCUMENTS:
        if name in archive.names:
            _document(draft, archive, name, role)
    names = set(archive.names)
    absent = {CONFIG} - names or {WEIGHTS} - names
    if absent == {CONFIG} or (absent and WEIGHTS_NPZ not in names):
        draft.damaged(f"the archive has no member {min(absent)!r}")
    metadata = draft.documents.get(METADATA)
    draft.claim(metadata)
    draft.keep_receipt(metadata)
    for name in (WEIGHTS, WEIGHTS_NPZ) if arrays else ():
        if name in names:
            _weights(draft, archive, name)


def _document(draft: Draft, archive: Container, name: str, role: Role | None) -> None:
    content, error = archive.content(name)
    if isinstance(error, Damaged):
        draft.damaged(f"BadZipFile: {name}: {error}")
    if error is not None:
        draft.leave(name, error, content)
    if error is None or _is_whole(content, error):
        draft.document(name, content, role)


def _is_whole(content: bytes, error: Exception) -> bool:
    """Whether a damaged document can be read all the same, as other readers than Keras will."""
    if not isinstance(error, Damaged):
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _weights(draft: Draft, archive: Container, name: str) -> None:
    # A configuration alone is read without them: they take time to import.
    from saveguard.archive import npz
    from saveguard.archive.hdf5 import walk

    try:
        with archive.opened(name) as source:
            if name == WEIGHTS_NPZ:
                npz.read(draft, source, name)
            else:
                draft.hdf5(walk.contents(source, name, draft.meter))
    except UNREADABLE as error:
        if isinstance(error, Damaged):
            draft.damaged(f"BadZipFile: {name}: {error}")
        draft.leave(name, error)


def _structure(draft: Draft, entries: list[Entry]) -> None:
    """What `zipfile` stops on when it opens a member."""
    for member in (entry.member for entry in entries if not entry.member.duplicate):
        if member.offset < 0:
            draft.damaged(f"BadZipFile: Bad magic number for file header: {member.name}")
        elif member.local_name:
            draft.damaged(
                f"BadZipFile: File name in directory {member.name!r} and header"
                f" {member.local_name!r} differ."
            )
