"""The weights of a file, read by several threads ahead of the walk that asks for them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from saveguard.child.taking import ALIGNMENT, number
from saveguard.facts import Member, StoredArray
from saveguard.persist.writer import checksum

# Bytes that one thread reads at a time: their checksum is made while they are in its cache.
_PIECE = 1 << 22
# Buffers that one call fills; POSIX lets a system take as few as 16, Linux takes 1,024.
_BUFFERS = 512
_THREADS = 4
# Bytes that may be read and not yet taken: so many, or this share of all. A framework has memory of
# its own for each variable already.
_AHEAD = 1 << 24
_SHARE = 1 / 32


class _Place(NamedTuple):
    """An array's own memory, and the pieces of the file that fill it."""

    values: np.ndarray[Any, Any]
    pieces: slice


class Ahead:
    """All bytes of a member, each read once: those of arrays straight into memory of their own.

    Args:
        descriptor: The file.
        member: One that is stored as it is.
        arrays: Those of its arrays that are wanted.
        checked: Also make the member's CRC-32.

    Raises:
        ValueError: If an array lies over another, or outside of the member; also later.
    """

    def __init__(
        self, descriptor: int, member: Member, arrays: Iterable[StoredArray], checked: bool
    ) -> None:
        self._descriptor = descriptor
        self._checked = checked
        self._places: dict[str, _Place] = {}
        self._threads = ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), "saveguard-read")
        self._pieces: list[Future[tuple[int, int]]] = []
        self._waiting: list[Any] = []
        self._at = self._begin = member.offset
        self._end = member.offset + member.size
        self._left = deque(sorted(arrays, key=lambda one: one.offset))
        self._wanted = {array.path for array in self._left}
        self._most = max(_AHEAD, int(member.size * _SHARE))
        self._size = 0
        self._more()

    def values(self, array: StoredArray) -> np.ndarray[Any, Any]:
        """An array, once it is read.

        Raises:
            OSError: If the file ends before its values do.
            KeyError: If it is not wanted, or was given before.
        """
        self._wanted.remove(array.path)
        while array.path not in self._places:
            self._next()
        place = self._places.pop(array.path)
        self._size -= place.values.nbytes
        self._more()
        if place.pieces.stop > len(self._pieces):
            self._hand_over()
        for piece in self._pieces[place.pieces]:
            piece.result()
        return place.values

    def checksum(self) -> int:
        """The member's CRC-32, once all of it is read."""
        while self._left:
            self._next()
        self._beside(self._end)
        self._hand_over()
        return checksum.joined(piece.result() for piece in self._pieces)

    def close(self) -> None:
        """Let go of what nobody waits for any more."""
        self._threads.shutdown(cancel_futures=True)

    def _more(self) -> None:
        while self._left and self._size < self._most:
            self._next()

    def _next(self) -> None:
        array = self._left.popleft()
        if array.count:
            self._beside(array.offset)
        self._take(array)
        if self._at > self._end:
            raise ValueError(f"byte {self._end:,} belongs to an array, and not to its member")

    def _take(self, array: StoredArray) -> None:
        kind = number(array.dtype)
        assert kind is not None
        room = np.empty(array.count * kind.itemsize + ALIGNMENT, np.uint8)
        begin = -room.ctypes.data % ALIGNMENT
        held = room[begin : begin + array.count * kind.itemsize]
        first = len(self._pieces)
        self._fill(held)
        values = held.view(kind).reshape(array.shape)
        end = len(self._pieces) + bool(self._waiting)
        self._places[array.path] = _Place(values, slice(first, end))
        self._size += values.nbytes

    def _beside(self, end: int) -> None:
        """What lies between arrays is read for its checksum alone."""
        if end < self._at:
            raise ValueError(f"byte {end:,} belongs to two arrays")
        while self._at < end:
            self._fill(np.empty(min(_PIECE, end - self._at), np.uint8))

    def _fill(self, held: np.ndarray[Any, Any]) -> None:
        """Have the next bytes of the file read into this memory."""
        done = 0
        while done < held.size:
            room = _PIECE - (self._at - self._begin)
            part = held[done : done + room]
            self._waiting.append(part)
            self._at += part.size
            done += part.size
            if self._at - self._begin >= _PIECE or len(self._waiting) >= _BUFFERS:
                self._hand_over()

    def _hand_over(self) -> None:
        if not self._waiting:
            return
        found = self._threads.submit(self._read, self._begin, self._waiting)
        self._pieces.append(found)
        self._waiting, self._begin = [], self._at

    def _read(self, offset: int, buffers: list[Any]) -> tuple[int, int]:
        """Fill buffers with bytes that follow each other; how many, and their CRC-32."""
        size = sum(buffer.size for buffer in buffers)
        got = os.preadv(self._descriptor, buffers, offset)
        if got < size:
            raise OSError(f"the file ends at byte {offset + got:,} of {offset + size:,}")
        crc = 0
        for buffer in buffers if self._checked else ():
            crc = checksum.of(buffer, crc)
        buffers.clear()  # whoever waits for this shall be alone with its array
        return size, crc
