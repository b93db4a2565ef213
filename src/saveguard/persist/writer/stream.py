"""Bytes on their way into a file, from front to back, each of them read once for its checksum."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from saveguard.facts import VariableFacts
from saveguard.persist.writer import checksum, writeback

# Large values begin where a page of memory can begin, so that the file can be mapped.
ALIGNMENT = 4096
# From this size on an array goes into the file from where it lies.
LARGE = 1 << 16
_BLOCK = 1 << 24
_BUFFER = 1 << 20
# Bytes that may wait for their checksum: arrays may be copies that the accelerator gave.
_WAITING = 1 << 28

Measure = Callable[[np.ndarray[Any, Any]], VariableFacts]


class Stream:
    """An HDF5 file that is written from `start` of an open file on.

    Values are measured, and their checksums made, in a second thread.

    Attributes:
        end: How many bytes there are; the next ones are appended there.
    """

    def __init__(self, descriptor: int, start: int, head: int) -> None:
        self.start = start
        self.end = head
        self._head = head
        self._descriptor = descriptor
        self._buffer = bytearray()
        # Of each piece behind the head: its bytes, and what gives its checksum.
        self._pieces: list[tuple[int, Callable[[], int]]] = []
        self._waiting: list[tuple[int, Future[Any]]] = []
        self._worker = ThreadPoolExecutor(1, "saveguard-checksum")

    def append(self, content: bytes | bytearray | memoryview) -> int:
        """Append bytes, up to a multiple of eight; returns where they begin."""
        address = self.end
        self._buffer += content
        self._buffer += bytes(-len(content) % 8)
        self.end += len(content) + -len(content) % 8
        if len(self._buffer) >= _BUFFER:
            self._flush()
        return address

    def append_array(
        self, array: np.ndarray[Any, Any], measure: Measure
    ) -> tuple[int, Callable[[], VariableFacts]]:
        """Append an array's values; returns where they begin, and what gives their measures."""
        content = array.reshape(-1).view(np.uint8).data
        if len(content) < LARGE:
            measured = measure(array)
            return self.append(content), lambda: measured
        self.append(bytes(-self.end % ALIGNMENT))
        self._flush()
        facts = self._worker.submit(measure, array)
        self._piece(len(content), lambda: int(facts.result().digest, 16), facts)
        address = self.end
        self._write(content, address)
        self.end += len(content)
        self.append(bytes(-self.end % 8))
        return address, facts.result

    def seal(self, head: bytes) -> int:
        """Write what is left, and the head; returns the checksum of the whole."""
        self._flush()
        self._write(memoryview(head), 0)
        rest = [(size, given()) for size, given in self._pieces]
        return checksum.joined([(len(head), checksum.of(head)), *rest])

    def close(self) -> None:
        """End the second thread; what it has not done is left."""
        self._worker.shutdown(cancel_futures=True)

    def _flush(self) -> None:
        if self._buffer:
            content, self._buffer = memoryview(self._buffer), bytearray()
            self._write(content, self.end - len(content))
            given = self._worker.submit(checksum.of, content)
            self._piece(len(content), given.result, given)

    def _piece(self, size: int, given: Callable[[], int], done: Future[Any]) -> None:
        self._pieces.append((size, given))
        self._waiting = [(n, future) for n, future in self._waiting if not future.done()]
        while self._waiting and sum(n for n, _ in self._waiting) + size > _WAITING:
            self._waiting.pop(0)[1].result()
        self._waiting.append((size, done))

    def _write(self, content: memoryview, address: int) -> None:
        at = self.start + address
        while content:
            written = os.pwrite(self._descriptor, content[:_BLOCK], at)
            if written >= LARGE:
                writeback.begin(self._descriptor, at, written)
            content, at = content[written:], at + written
