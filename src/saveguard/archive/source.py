"""Bytes of a file, or of a part of one, read at any offset and never beyond the end."""

from __future__ import annotations

import os

from saveguard.archive.budget import Damaged


class Source:
    """A window of an open file. Nothing is mapped into memory, nothing outside is read.

    Attributes:
        path: The file that `start` counts in; empty for a temporary one.
        start: Where the window begins in the file.
        size: How many bytes it has.
    """

    def __init__(self, descriptor: int, path: str, start: int, size: int) -> None:
        self.descriptor = descriptor
        self.path = path
        self.start = start
        self.size = max(size, 0)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes at `offset` in the window.

        Raises:
            Damaged: If the window ends before.
        """
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Damaged(f"address {offset} and {length} bytes lie outside of its {self.size}")
        content = os.pread(self.descriptor, length, self.start + offset)
        if len(content) != length:
            raise Damaged(f"the file ends at {self.start + offset + len(content)}")
        return content

    def upto(self, offset: int, length: int) -> bytes:
        """As many of the `length` bytes at `offset` as there are."""
        return self.read(offset, min(length, self.size - offset)) if offset < self.size else b""

    def window(self, offset: int, size: int) -> Source:
        """A part of this window, as far as that reaches."""
        offset = min(max(offset, 0), self.size)
        size = min(size, self.size - offset)
        return Source(self.descriptor, self.path, self.start + offset, size)
