"""A sorted table of keys and values, the file format that LevelDB brought: a checkpoint's index.

The format: https://github.com/google/leveldb/blob/main/doc/table_format.md. TensorFlow writes its
blocks uncompressed.
"""

from __future__ import annotations

from collections.abc import Iterator

from saveguard.archive.budget import Damaged, NotUnderstood, OverBudget
from saveguard.archive.wire import varint

_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
_FOOTER = 48
# After each block: how it is compressed, and a checksum of four bytes.
_TRAILER = 5
_LONGEST_KEY = 1 << 16
_POLYNOMIAL = 0x82F63B78


def entries(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every key with its value, in the order of the table.

    Raises:
        Damaged: Where the table is damaged; the entries before it were yielded.
        NotUnderstood: If a block is compressed.
        OverBudget: If a key is longer than any that is real.
    """
    if len(data) < _FOOTER or not data.endswith(_MAGIC):
        raise Damaged("it does not end as a table of LevelDB's format does")
    at = len(data) - _FOOTER
    for _ in range(2):  # where the table's metadata lies, which TensorFlow leaves empty
        _, at = varint(data, at)
    index = _block(data, at)
    for _, handle in _pairs(index):
        yield from _pairs(_block(data, 0, handle))


def _block(data: bytes, at: int, handle: bytes = b"") -> bytes:
    """The block that a handle names: where it begins, and its length without its trailer."""
    start, at = varint(handle or data, at)
    length, _ = varint(handle or data, at)
    end = start + length
    if end + _TRAILER > len(data):
        raise Damaged(f"a block goes on to byte {end + _TRAILER} of {len(data)}")
    if data[end]:
        raise NotUnderstood(f"a block is compressed in the way {data[end]}, which is not read")
    recorded = int.from_bytes(data[end + 1 : end + _TRAILER], "little")
    if recorded != masked(crc32c(data[start : end + 1])):
        raise Damaged(f"the block at byte {start} does not have its checksum")
    return data[start:end]


def _pairs(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The entries of a block; each key is written without what it shares with the one before."""
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 * (restarts + 1)
    key, at = b"", 0
    while at < end:
        shared, at = varint(block, at)
        rest, at = varint(block, at)
        length, at = varint(block, at)
        if at + rest + length > end or shared > len(key):
            raise Damaged("an entry goes on behind the end of its block")
        if shared + rest > _LONGEST_KEY:
            raise OverBudget(f"over the budget of {_LONGEST_KEY:,} bytes in a key")
        key = key[:shared] + block[at : at + rest]
        yield key, block[at + rest : at + rest + length]
        at += rest + length
    if at > end or end < 0:
        raise Damaged("a block ends within an entry")


def _remainders() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ _POLYNOMIAL * (byte & 1)  # noqa: PLW2901  eight steps of one byte
        table.append(byte)
    return tuple(table)


def crc32c(data: bytes) -> int:
    """The Castagnoli checksum of some bytes; slow, for what is small."""
    table, value = _REMAINDERS, 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def masked(checksum: int) -> int:
    """A checksum as the format stores it, so that no checksum is taken of a checksum."""
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


_REMAINDERS = _remainders()
