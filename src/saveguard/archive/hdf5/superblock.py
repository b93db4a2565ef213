"""Where an HDF5 file begins."""

from __future__ import annotations

from saveguard.archive.source import Source

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_LAST_USER_BLOCK = 30


def superblock(source: Source) -> int:
    """Where an HDF5 file begins in a window: at 0, or behind a user block; -1 if nowhere."""
    starts = [0, *(1 << exponent for exponent in range(9, _LAST_USER_BLOCK))]
    return next((at for at in starts if source.upto(at, 8) == SIGNATURE), -1)
