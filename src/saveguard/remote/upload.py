"""A file on its way to an address, where it appears whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from pathlib import Path
from typing import Any

from saveguard.receipt import Upload
from saveguard.remote.address import name_of

# Stores that show an object once all of it has come, be it in one part or in many; there, a
# rename would be a copy. Everywhere else a file grows under the eyes of its readers.
_SHOWS_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "oci", "hf"})
_WINDOW = 1 << 26


class Differs(Exception):
    """The store holds something else than it was given."""


def upload(local: Path, files: Any, inside: str) -> Upload:
    """Bring a file to `inside` of a file system, and read back what is there.

    An upload that breaks off leaves what was there before. Where the store shows a file while it
    grows, it is uploaded under another name beside, read back, and renamed.

    Raises:
        Differs: If what is read back is not what was sent; after a rename never.
        Exception: Whatever the file system raises.
    """
    if shows_whole(files):
        files.put_file(str(local), inside)
        size, digest = _read_back(local, files, inside)
        return Upload(commit="upload", size=size, digest=digest)
    beside = f"{files._parent(inside)}/.{name_of(inside)}.saveguard-{uuid.uuid4().hex[:8]}"
    try:
        files.put_file(str(local), beside)
        size, digest = _read_back(local, files, beside)
        files.mv(beside, inside)
    except BaseException:
        with contextlib.suppress(Exception):
            files.rm_file(beside)
        raise
    return Upload(commit="rename", size=size, digest=digest)


def shows_whole(files: Any) -> bool:
    """Whether the store shows an object only once all of it is there."""
    names = (files.protocol,) if isinstance(files.protocol, str) else files.protocol
    return bool(_SHOWS_WHOLE & set(names))


def _read_back(local: Path, files: Any, inside: str) -> tuple[int, str]:
    """Size and digest of what the store holds now, which are those of the local file."""
    with open(local, "rb") as file:
        sent = hashlib.file_digest(file, "sha256").hexdigest()
    files.invalidate_cache()
    size = int(files.info(inside)["size"])
    held = hashlib.sha256()
    for start in range(0, size, _WINDOW):
        held.update(files.cat_file(inside, start=start, end=min(start + _WINDOW, size)))
    if size != local.stat().st_size or held.hexdigest() != sent:
        told = f"{size:,} bytes with the SHA-256 {held.hexdigest()[:16]}…"
        raise Differs(f"{told} are there, {local.stat().st_size:,} with {sent[:16]}… were sent")
    return size, f"sha256:{sent}"
