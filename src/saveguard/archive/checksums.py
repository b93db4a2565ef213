"""The parts of an archive held against its own checksums, and the digests in its receipt."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping

from saveguard.archive import parts
from saveguard.archive.budget import UNREADABLE, Damaged
from saveguard.archive.draft import Draft
from saveguard.archive.source import Source
from saveguard.archive.zip import Entry

_BLOCK = 1 << 20


def recorded(receipt: str) -> Mapping[str, str]:
    """The digests in a receipt, by part."""
    try:
        found = json.loads(receipt)["digests"] if receipt else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}  # what it says is held against the file by `verify`
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def hold_members(draft: Draft, source: Source, entries: list[Entry], digests: bool) -> None:
    """Compare a zip's members with their checksums, and with the digests in the receipt.

    Without `digests` only what is small is read; the directory's own checksum stands for the rest.
    """
    known = recorded(draft.receipt)
    left = draft.meter.budget.checked
    found = {}
    for entry in entries:
        member = entry.member
        if digests or member.size <= left:
            left -= 0 if digests else member.size
            found[member.name] = _of_member(draft, source, entry, known.get(member.name, ""))
        elif known.get(member.name, "").startswith("crc32"):
            found[member.name] = f"crc32:{member.crc:08x}"
    missing = sorted(set(known) - {entry.member.name for entry in entries})
    draft.changed = (*_changed(known, found), *missing)


def hold_files(draft: Draft, files: Mapping[str, Source]) -> None:
    """Compare the files of a folder with the digests in the receipt."""
    known = recorded(draft.receipt)
    found = {name: digest(_blocks(files[name]), known[name])[1] for name in known if name in files}
    draft.changed = (*_changed(known, found), *sorted(set(known) - set(files)))


def digest(blocks: Iterable[bytes], like: str) -> tuple[int, str]:
    """The CRC-32 of some bytes, and their digest of the kind that a receipt has."""
    import hashlib  # slow to import, and most archives have no receipt

    crc, sha256 = 0, hashlib.sha256() if like.startswith("sha256") else None
    for block in blocks:
        crc = zlib.crc32(block, crc)
        if sha256 is not None:
            sha256.update(block)
    return crc, f"sha256:{sha256.hexdigest()}" if sha256 else f"crc32:{crc:08x}"


def _changed(known: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name, told in found.items() if told and known.get(name, told) != told)


def _of_member(draft: Draft, source: Source, entry: Entry, like: str) -> str:
    """The digest of a member, or nothing where that is damaged."""
    member, budget = entry.member, draft.meter.budget
    try:
        crc, told = digest(parts.blocks(source, entry, budget.unpacked, draft.meter), like)
        if member.crc is not None and crc != member.crc:
            raise Damaged(f"Bad CRC-32 for file {member.name!r}")
    except Damaged as error:
        draft.damaged(f"BadZipFile: {error}")
        return ""
    except UNREADABLE as error:
        if not any(part.what == member.name for part in draft.unread):
            draft.leave(member.name, error)
        return ""
    return told


def _blocks(source: Source) -> Iterator[bytes]:
    for at in range(0, source.size, _BLOCK):
        yield source.upto(at, _BLOCK)
