"""The bytes of an HDF5 file as numbers and addresses."""

from __future__ import annotations

import struct

from saveguard.archive.budget import Damaged, Meter, NotUnderstood
from saveguard.archive.source import Source


class File:
    """An HDF5 file in a window of a file on disk.

    Attributes:
        source: The window, from the superblock on: addresses count from there.
        offsets, lengths: Bytes of an address and of a length in this file.
        root: Address of the root group's object header.
        end: Where the file ends by its own account.
        heaps: Where the objects of each global heap lie, once it was looked into.
    """

    def __init__(self, source: Source, meter: Meter) -> None:
        self.source, self.meter = source, meter
        self.heaps: dict[int, dict[int, tuple[int, int]]] = {}
        version = source.read(8, 1)[0]
        at = 13 if version < 2 else 9
        self.offsets, self.lengths = source.read(at, 2)
        if {self.offsets, self.lengths} - {2, 4, 8}:
            raise Damaged(f"an address has {self.offsets} bytes, a length {self.lengths}")
        if version > 3:
            raise NotUnderstood(f"superblock of version {version}")
        self.undefined = (1 << 8 * self.offsets) - 1
        if version < 2:
            fields = Fields(self, source.read(24 + 4 * version, 6 * self.offsets))
            _base, _free, self.end, _driver, _name = (fields.address() for _ in range(5))
        else:
            fields = Fields(self, source.read(12, 4 * self.offsets))
            _base, _extension, self.end = (fields.address() for _ in range(3))
        self.end -= min(_base, self.end)
        self.root = fields.address()

    def read(self, address: int, length: int) -> bytes:
        """Bytes of structure, which count against the budget."""
        self.meter.spend("pieces")
        self.meter.spend("structure", max(length, 0))
        return self.source.read(address, length)

    def fields(self, address: int, length: int, signature: bytes = b"") -> Fields:
        """The fields of a block, behind its signature.

        Raises:
            Damaged: If its signature is another.
        """
        content = self.read(address, length)
        if not content.startswith(signature):
            raise Damaged(f"no {signature.decode()} at address {address}")
        return Fields(self, content, len(signature))


class Fields:
    """Numbers read one after the other."""

    def __init__(self, file: File, content: bytes, at: int = 0) -> None:
        self.file, self.content, self.at = file, content, at

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return len(self.content) - self.at

    def take(self, length: int) -> bytes:
        """The next bytes.

        Raises:
            Damaged: If there are fewer.
        """
        if length < 0 or length > self.left:
            raise Damaged(f"{length} bytes in a block that has {max(self.left, 0)} left")
        self.at += length
        return self.content[self.at - length : self.at]

    def number(self, length: int) -> int:
        """The next little-endian number of so many bytes."""
        return int.from_bytes(self.take(length), "little")

    def address(self) -> int:
        """The next address."""
        return self.number(self.file.offsets)

    def length(self) -> int:
        """The next length."""
        return self.number(self.file.lengths)

    def text(self, length: int) -> str:
        """The next bytes as text, to the first NUL."""
        return decoded(self.take(length))


def decoded(content: bytes) -> str:
    """Text to the first NUL; bytes that are no UTF-8 are told as such."""
    return content.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")


def floats(content: bytes, size: int, order: str) -> list[float]:
    """The numbers in `content`, of 2, 4 or 8 bytes each."""
    form = {2: "e", 4: "f", 8: "d"}[size]
    count = len(content) // size
    return list(struct.unpack(f"{order}{count}{form}", content[: count * size]))
