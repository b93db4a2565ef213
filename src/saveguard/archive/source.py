"""Bytes of a file, or of a part of one, read at any offset and never beyond the end."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable

from saveguard.archive.budget import Damaged


class Source:
    """A window of an open file. Nothing is mapped into memory, nothing outside is read.

    Attributes:
        pread: Gives so many bytes of the file from an offset on, fewer at its end.
        path: The archive's file; `start` counts in it unless the window is `unpacked`.
        start: Where the window begins in the file.
        size: How many bytes it has.
        unpacked: It is a temporary file with what was compressed in the archive.
    """

    def __init__(
        self,
        pread: Callable[[int, int], bytes],
        path: str,
        start: int,
        size: int,
        *,
        unpacked: bool = False,
    ) -> None:
        self.pread = pread
        self.path = path
        self.start = start
        self.size = max(size, 0)
        self.unpacked = unpacked

    @staticmethod
    def of(descriptor: int, path: str, *, unpacked: bool = False) -> Source:
        """All of a file of this machine that is open."""
        size = os.fstat(descriptor).st_size
        return Source(functools.partial(os.pread, descriptor), path, 0, size, unpacked=unpacked)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes at `offset` in the window.

        Raises:
            Damaged: If the window ends before.
        """
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Damaged(f"address {offset} and {length} bytes lie outside of its {self.size}")
        content = self.pread(length, self.start + offset)
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
        start = self.start + offset
        return Source(self.pread, self.path, start, size, unpacked=self.unpacked)

    def place(self, offset: int) -> int:
        """Where an offset of the window lies in the archive's file; -1 if it is unpacked."""
        return -1 if self.unpacked else self.start + offset
