"""Packed files, of which what stands before a cut is read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zlib
from typing import IO, Any

_STEP = 1 << 16
_GZIP = b"\x1f\x8b"
_OPENED: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_CUT = (EOFError, OSError, zlib.error, lzma.LZMAError)


class Packed:
    """The unpacked bytes of a file, up to where it is damaged.

    Attributes:
        error: What stopped the unpacking, once it has been met; the file just ends there.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self.error: Exception | None = None
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as many as there are up to `size`."""
        pieces, left = [], size
        while left and self.error is None:
            try:
                piece = self._file.read1(min(left, _STEP) if left > 0 else _STEP)
            except _CUT as error:
                self.error = error
                break
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece) if left > 0 else 0
        return b"".join(pieces)

    def readable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Close the file behind it."""
        self.closed = True
        self._file.close()


def opened(file: IO[bytes], path: str) -> Packed | IO[bytes]:
    """The file unpacked, where it is gzip (by its content), bz2 or xz (by its name)."""
    begins = file.read(2)
    file.seek(0)
    form = ".gz" if begins == _GZIP else os.path.splitext(path)[1]
    return Packed(_OPENED[form](file)) if form in _OPENED and begins else file
