"""The configuration alone, at the least cost.

For a plain `.keras` archive nothing but the standard library's smallest modules is imported;
`saveguard inspect --config` is used in loops over many files, where starting the program is all
that costs.
"""

from __future__ import annotations

import json
import os
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saveguard.facts import ArchiveFacts

_CONFIG = b"config.json"
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_MOST = 16 << 20
_TAIL = 1 << 16
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1


def plain(path: str) -> Any:
    """The configuration of a `.keras` archive or its unpacked folder that is as Keras writes it.

    None of anything else, be it damaged, unusual or another layout: the readers in `archive` tell
    about these.
    """
    try:
        if os.path.isdir(path):
            with open(os.path.join(path, "config.json"), "rb") as file:
                found = file.read(_MOST + 1)
        else:
            with open(path, "rb") as file:
                found = _member(file)
        return json.loads(found) if 0 < len(found) <= _MOST else None
    except (OSError, ValueError, RecursionError, zlib.error):
        return None


def _member(file: Any) -> bytes:
    """The bytes of `config.json`; empty where it is not found in the plainest way."""
    size = file.seek(0, os.SEEK_END)
    tail_at = max(size - _TAIL, 0)
    file.seek(tail_at)
    tail = file.read(_TAIL)
    end = tail.rfind(_END)
    if end < 0 or end + 22 != len(tail):
        return b""
    length, start = _number(tail, end + 12, 4), _number(tail, end + 16, 4)
    if start + length != tail_at + end or start < tail_at:
        return b""
    directory, at, found = tail[start - tail_at : end], 0, b""
    while directory[at : at + 4] == _CENTRAL:
        name_end = at + 46 + _number(directory, at + 28, 2)
        if directory[at + 46 : name_end] == _CONFIG:
            found = directory[at:name_end]
        at = name_end + _number(directory, at + 30, 2) + _number(directory, at + 32, 2)
    return _unpacked(file, found) if found and at == len(directory) else b""


def _unpacked(file: Any, entry: bytes) -> bytes:
    flags, method = _number(entry, 8, 2), _number(entry, 10, 2)
    checksum, stored, size = (_number(entry, place, 4) for place in (16, 20, 24))
    file.seek(_number(entry, 42, 4))
    local = file.read(30)
    if local[:4] != _LOCAL or flags & _ENCRYPTED or max(stored, size) > _MOST:
        return b""
    file.seek(_number(local, 26, 2) + _number(local, 28, 2), os.SEEK_CUR)
    content: bytes = file.read(stored)
    if method == _DEFLATED:
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, size)
    elif method != _STORED:
        return b""
    return content if len(content) == size and zlib.crc32(content) == checksum else b""


def _number(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(data[at : at + length], "little")


def read(path: str) -> Any:
    """The configuration of a saved model of any layout; None where there is none to be read."""
    from saveguard.archive import read as archives

    try:
        return of(archives.read(path, digests=False, arrays=False))
    except OSError:
        return None


def of(facts: ArchiveFacts) -> Any:
    """The configuration in an archive that was read; None where it has none."""
    from saveguard.archive import topology

    root = topology.root(facts.nodes)
    return facts.documents.get(root.document) if root is not None else None


def text(configuration: Any, *, terminal: bool) -> str:
    """The configuration as JSON text: indented for a terminal, else on one line.

    All that is not ASCII is spelled out, so that it steers no terminal.
    """
    return json.dumps(configuration, indent=2 if terminal else None)
