"""TFRecord's frame: records one after the other, each with checksums of its length and its bytes.

https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from saveguard.data.sources.extras import need

_HEADER = struct.Struct("<QI")
_CHECK = struct.Struct("<I")
_MASK = 0xA282EAD8
# A length is trusted where its checksum is right; this bounds what a forged one may allocate.
_LONGEST = 1 << 31
_ZLIB = 0x78


class Broken(ValueError):
    """The file cannot be followed any further."""


def records(file: IO[bytes]) -> Iterator[bytes | None]:
    """The records of a file; None for one whose bytes do not agree with their checksum.

    Raises:
        Broken: Where the file ends within a record, or a length does not agree with its checksum.
    """
    checksum, number = need("google_crc32c", "data", "to read TFRecord files").value, 0
    while header := file.read(_HEADER.size):
        if len(header) < _HEADER.size:
            raise Broken(f"it ends within the header of record {number:,}")
        length, check = _HEADER.unpack(header)
        if check != _masked(checksum(header[:8])) or length > _LONGEST:
            told = "is damaged" if number else _other(header)
            raise Broken(
                f"the length of record {number:,} does not agree with its checksum: the file {told}"
            )
        body = file.read(length + _CHECK.size)
        if len(body) < length + _CHECK.size:
            raise Broken(f"it ends within record {number:,}")
        data = body[: -_CHECK.size]
        whole = _CHECK.unpack_from(body, length)[0] == _masked(checksum(data))
        yield data if whole else None
        number += 1


def _other(begins: bytes) -> str:
    """What a file is whose first bytes are no header."""
    if begins[0] == _ZLIB and int.from_bytes(begins[:2], "big") % 31 == 0:
        return "is packed with ZLIB, which is not read: write it with compression_type='GZIP'"
    return "is no TFRecord file"


def looks_so(begins: bytes) -> bool:
    """Whether the first twelve bytes of a file are the header of a record."""
    if len(begins) < _HEADER.size:
        return False
    length, check = _HEADER.unpack_from(begins)
    checksum = need("google_crc32c", "data", "to read TFRecord files").value
    return bool(length <= _LONGEST and check == _masked(checksum(begins[:8])))


def _masked(checksum: int) -> int:
    """The checksum as it is stored: turned by 15 bits, so that one of a checksum is no constant."""
    return ((checksum >> 15 | checksum << 17) + _MASK) & 0xFFFFFFFF
