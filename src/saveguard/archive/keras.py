"""A `.keras` archive: a zip file, or the folder that it unpacks to."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from saveguard.archive import npz, parts
from saveguard.archive.budget import UNREADABLE, Damaged
from saveguard.archive.draft import Draft
from saveguard.archive.hdf5 import walk
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

    def blocks(self, entry: Entry) -> Iterator[bytes]:
        limit = self.draft.meter.budget.unpacked
        return parts.blocks(self.source, entry, limit, self.draft.meter)


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
        draft.layout = "npz"
        npz.read(draft, source, "")
        return
    _structure(draft, found.entries)
    read_parts(draft, archive, arrays=arrays)
    if arrays:
        _hold_against_checksums(draft, archive, found.entries, digests)


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
    receipt = metadata.get("saveguard") if isinstance(metadata, dict) else None
    if isinstance(receipt, dict):
        draft.receipt = json.dumps(receipt)
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


def _hold_against_checksums(
    draft: Draft, archive: _Zip, entries: list[Entry], digests: bool
) -> None:
    """Compare members with their checksums, and with the digests in the receipt.

    Without `digests` only what is small is read; the directory's own checksum stands for the rest.
    """
    recorded = recorded_digests(draft.receipt)
    left = draft.meter.budget.checked
    changed = []
    for entry in entries:
        member, found = entry.member, ""
        if digests or member.size <= left:
            left -= 0 if digests else member.size
            found = _digest(draft, archive, entry, recorded.get(member.name, ""))
        elif recorded.get(member.name, "").startswith("crc32"):
            found = f"crc32:{member.crc:08x}"
        if found and recorded.get(member.name, found) != found:
            changed.append(member.name)
    draft.changed = tuple(changed) + tuple(sorted(set(recorded) - set(archive.names)))


def _digest(draft: Draft, archive: _Zip, entry: Entry, like: str) -> str:
    """The digest of a member, of the kind that its receipt has; empty where it is damaged."""
    import hashlib

    member, crc = entry.member, 0
    sha256 = hashlib.sha256() if like.startswith("sha256") else None
    try:
        for block in archive.blocks(entry):
            crc = zlib.crc32(block, crc)
            if sha256 is not None:
                sha256.update(block)
        if member.crc is not None and crc != member.crc:
            raise Damaged(f"Bad CRC-32 for file {member.name!r}")
    except Damaged as error:
        draft.damaged(f"BadZipFile: {error}")
        return ""
    except UNREADABLE as error:
        if not any(part.what == member.name for part in draft.unread):
            draft.leave(member.name, error)
        return ""
    return f"sha256:{sha256.hexdigest()}" if sha256 else f"crc32:{crc:08x}"


def recorded_digests(receipt: str) -> Mapping[str, str]:
    """The digests in a receipt, by part."""
    try:
        found = json.loads(receipt)["digests"] if receipt else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}  # what it says is held against the file by `verify`
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
