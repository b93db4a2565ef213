"""Read a file's structure, its digests and its receipt; nothing of it is executed."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import zipfile
import zlib
from typing import Any

from saveguard.facts import ArchiveFacts

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
GROUP = "saveguard"
_BLOCK = 1 << 22


def read(path: str | os.PathLike[str], *, digests: bool = True) -> ArchiveFacts:
    """The facts of the file at `path`, whatever its name says.

    Args:
        digests: Also read every byte and hold it against the checksums inside the file and the
            digests in its receipt.
    """
    name = os.fspath(path)
    if os.path.isdir(name):
        return ArchiveFacts(path=name, content="directory")
    if not os.path.exists(name):
        return ArchiveFacts(path=name, content="missing", near=_near(name))
    size = os.path.getsize(name)
    with open(name, "rb") as file:
        head = file.read(512)
    content = _content(head, size)
    if content == "zip":
        return _zip(name, size, digests)
    if content == "hdf5":
        return _hdf5(name, size)
    return ArchiveFacts(path=name, content=content, size=size)


def crc32(path: str | os.PathLike[str], start: int = 0) -> str:
    """CRC-32 of a file's bytes from `start` on, in hexadecimal."""
    checksum = 0
    with open(path, "rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return format(checksum, "08x")


def _content(head: bytes, size: int) -> str:
    if size == 0:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "hdf5"
    if head.startswith(b"version https://git-lfs"):
        return "git-lfs"
    start = head.lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "html"
    return "text" if all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head) else "unknown"


def _near(name: str) -> tuple[str, ...]:
    folder, base = os.path.split(name)
    try:
        names = [entry.name for entry in os.scandir(folder or ".")]
    except OSError:
        return ()
    return tuple(difflib.get_close_matches(base, names, n=3))


def _zip(name: str, size: int, digests: bool) -> ArchiveFacts:
    facts: dict[str, Any] = {"path": name, "content": "zip", "size": size}
    try:
        with zipfile.ZipFile(name) as archive:
            members = set(archive.namelist())
            absent = {CONFIG} - members or {WEIGHTS} - members
            if absent and "model.weights.npz" not in members:
                damage = f"the archive has no member {min(absent)!r}"
                return ArchiveFacts(**facts, damage=damage)
            receipt = _metadata(archive).get("saveguard") if METADATA in members else None
            changed = _changed(archive, (receipt or {}).get("digests", {})) if digests else ()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error) as error:
        return ArchiveFacts(**facts, layout="keras", damage=_damage(error))
    text = json.dumps(receipt) if receipt else ""
    return ArchiveFacts(**facts, layout="keras", receipt=text, changed=changed)


def _metadata(archive: zipfile.ZipFile) -> dict[str, Any]:
    found = json.loads(archive.read(METADATA))
    return found if isinstance(found, dict) else {}


def _changed(archive: zipfile.ZipFile, recorded: dict[str, str]) -> tuple[str, ...]:
    """Members whose digest is not the recorded one; reading also checks the zip's own CRC."""
    changed = []
    for entry in archive.infolist():
        sha256 = hashlib.sha256() if recorded.get(entry.filename, "").startswith("sha256") else None
        with archive.open(entry) as member:
            while block := member.read(_BLOCK):
                if sha256 is not None:
                    sha256.update(block)
        found = f"sha256:{sha256.hexdigest()}" if sha256 else f"crc32:{entry.CRC:08x}"
        if entry.filename in recorded and recorded[entry.filename] != found:
            changed.append(entry.filename)
    present = {entry.filename for entry in archive.infolist()}
    return tuple(changed) + tuple(sorted(set(recorded) - present))


def _hdf5(name: str, size: int) -> ArchiveFacts:
    import h5py

    try:
        with h5py.File(name, "r") as file:
            layout = "h5" if "model_config" in file.attrs else "weights"
            stored = file.get(f"{GROUP}/receipt")
            receipt = b"" if stored is None else stored[()]
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        return ArchiveFacts(path=name, content="hdf5", size=size, damage=_damage(error))
    return ArchiveFacts(
        path=name, content="hdf5", size=size, layout=layout, receipt=receipt.decode()
    )


def _damage(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
