"""Which archive a migrated file came from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

_BLOCK = 1 << 20


def digest(path: str) -> str:
    """`sha256:hexadecimal` of a file; of a folder, of its files' names and contents in order."""
    found = hashlib.sha256()
    for name, file in _files(path):
        if name:
            found.update(f"{name}\0".encode())
        with open(file, "rb") as stream:
            while block := stream.read(_BLOCK):
                found.update(block)
    return f"sha256:{found.hexdigest()}"


def saved_by(keras: str, tensorflow: str) -> str:
    """The release that wrote it, in words: `Keras 2.4.0 of TensorFlow 2.4.1`."""
    if not keras and not tensorflow:
        return ""
    told = f"Keras {keras}" if keras else "Keras"
    return f"{told} of TensorFlow {tensorflow}" if tensorflow else told


def _files(path: str) -> Iterator[tuple[str, str]]:
    if not os.path.isdir(path):
        yield "", path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            full = os.path.join(folder, name)
            yield os.path.relpath(full, path), full
