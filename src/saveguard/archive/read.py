"""Read a file's structure, its digests and its receipt; nothing of it is executed."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import zipfile
import zlib
from typing import Any

import numpy as np

from saveguard.child import arrays
from saveguard.facts import ArchiveFacts

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
GROUP, RECEIPT = arrays.GROUP, arrays.RECEIPT
_BLOCK = 1 << 22
_HDF5 = b"\x89HDF\r\n\x1a\n"
# What zipfile and h5py raise for damage, for encryption, and for unknown ways of compressing.
_UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
)


def read(path: str | os.PathLike[str], *, digests: bool = True) -> ArchiveFacts:
    """The facts of the file at `path`, whatever its name says.

    Args:
        digests: Also read every byte and hold it against the checksums inside the file and the
            digests in its receipt.

    Raises:
        OSError: If the file cannot be opened, other than because it does not exist.
    """
    name = os.fspath(path)
    if os.path.isdir(name):
        return ArchiveFacts(path=name, content="directory")
    try:
        with open(name, "rb") as file:
            head = file.read(512)
    except FileNotFoundError:
        return ArchiveFacts(path=name, content="missing", near=_near(name))
    size = os.path.getsize(name)
    content = _content(name, head, size)
    if content == "zip":
        return _zip(name, size, digests)
    if content == "hdf5":
        return _hdf5(name, size, digests)
    return ArchiveFacts(path=name, content=content, size=size)


def _content(name: str, head: bytes, size: int) -> str:
    if size == 0:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(_HDF5):
        return "hdf5"
    if head.startswith(b"version https://git-lfs"):
        return "git-lfs"
    start = head.lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "html"
    return _behind_other_bytes(name, head)


def _behind_other_bytes(name: str, head: bytes) -> str:
    """A zip or HDF5 file that begins with something else, as both formats allow; else text."""
    if zipfile.is_zipfile(name):
        return "zip"
    with open(name, "rb") as file:
        for exponent in range(9, 20):
            file.seek(1 << exponent)
            if file.read(len(_HDF5)) == _HDF5:
                return "hdf5"
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
            receipt = _receipt(archive) if METADATA in members else {}
            changed = _changed(archive, _digests(receipt)) if digests else ()
    except _UNREADABLE as error:
        return ArchiveFacts(**facts, layout="keras", damage=_damage(error))
    text = json.dumps(receipt) if receipt else ""
    return ArchiveFacts(**facts, layout="keras", receipt=text, changed=changed)


def _receipt(archive: zipfile.ZipFile) -> dict[str, Any]:
    metadata = json.loads(archive.read(METADATA))
    found = metadata.get("saveguard") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _digests(receipt: dict[str, Any]) -> dict[str, str]:
    found = receipt.get("digests")
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


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


def _hdf5(name: str, size: int, digests: bool) -> ArchiveFacts:
    import h5py

    facts: dict[str, Any] = {"path": name, "content": "hdf5", "size": size}
    try:
        with h5py.File(name, "r") as file:
            layout = "h5" if "model_config" in file.attrs else "weights"
            stored = file.get(f"{GROUP}/{RECEIPT}")
            receipt = "" if stored is None else stored[()].decode()
            recorded = _digests(json.loads(receipt)) if receipt and digests else {}
            found = hdf5_digests(file) if recorded else {}
    except (*_UNREADABLE, KeyError, AttributeError, TypeError) as error:
        return ArchiveFacts(**facts, damage=_damage(error))
    changed = tuple(sorted(k for k in recorded if recorded[k] != found.get(k)))
    return ArchiveFacts(**facts, layout=layout, receipt=receipt, changed=changed)


def hdf5_digests(file: Any) -> dict[str, str]:
    """`crc32:...` of every array and every attribute of an open HDF5 file, by path.

    Saveguard's own group is left out, as the receipt lies there.
    """
    found = {f"@{key}": arrays.digest(np.asarray(value)) for key, value in file.attrs.items()}

    def visit(path: str, item: Any) -> None:
        if path.split("/")[0] == GROUP:
            return
        for key, value in item.attrs.items():
            found[f"{path}@{key}"] = arrays.digest(np.asarray(value))
        if hasattr(item, "dtype"):
            found[path] = arrays.digest(item[()])

    file.visititems(visit)
    return {path: f"crc32:{digest}" for path, digest in found.items()}


def _damage(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
