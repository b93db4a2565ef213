"""The names that a pickle calls for, read opcode by opcode; nothing is unpickled."""

from __future__ import annotations

import base64
import binascii
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator

_LONGEST = 1 << 24
_OPCODES = 200_000
_MOST = 20


def globals_in_base64(text: str) -> tuple[str, ...]:
    """The names in a torch file or a bare pickle in base64, each once; empty where it is neither.

    Args:
        text: Base64. Of more than 16 MiB only the beginning is read.
    """
    try:
        content = base64.b64decode(text[: _LONGEST - _LONGEST % 4])
    except (binascii.Error, ValueError):
        return ()
    parts = _members(content) if content.startswith(b"PK\x03\x04") else [content]
    names = (name for part in parts for name in _names(part))
    return tuple(dict.fromkeys(itertools.islice(names, _MOST)))


def _members(content: bytes) -> list[bytes]:
    """The pickles in a torch file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if name.endswith(".pkl")]
            return [archive.open(name).read(_LONGEST) for name in names[:_MOST]]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        return []


def _names(content: bytes) -> Iterator[str]:
    """`module.name` of every global, those that are pushed as two texts before it included."""
    import pickletools

    texts: list[str] = []
    try:
        for opcode, value, _ in itertools.islice(pickletools.genops(content), _OPCODES):
            if opcode.name in ("GLOBAL", "INST"):
                yield str(value).replace(" ", ".")
            elif opcode.name == "STACK_GLOBAL" and len(texts) > 1:
                yield f"{texts[-2]}.{texts[-1]}"
            elif isinstance(value, str):
                texts.append(value[:200])
    except (ValueError, IndexError, UnicodeDecodeError):
        return  # a pickle that ends early names what it named so far
