"""CRC-32 of bytes that were summed piece by piece, in whatever order and thread."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable

_POLYNOMIAL = 0xEDB88320
of = zlib.crc32


def joined(pieces: Iterable[tuple[int, int]]) -> int:
    """The CRC-32 of pieces, each given as (bytes, CRC-32), that follow each other."""
    checksum = 0
    for size, piece in pieces:
        checksum = _product(_shift(size), checksum) ^ piece
    return checksum


@functools.lru_cache(maxsize=1024)
def _shift(size: int) -> int:
    """What a CRC-32 is multiplied by when `size` bytes follow: x to the power of 8 * size."""
    power, factor = 1 << 31, 1 << 23
    while size:
        if size & 1:
            power = _product(power, factor)
        factor = _product(factor, factor)
        size >>= 1
    return power


def _product(left: int, right: int) -> int:
    """Two polynomials over GF(2) multiplied modulo CRC-32's; the highest bit is x^0."""
    product = 0
    for bit in range(31, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ (_POLYNOMIAL if right & 1 else 0)
    return product
