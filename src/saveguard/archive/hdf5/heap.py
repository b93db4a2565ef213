"""Heaps: where names, long attributes and texts lie."""

from __future__ import annotations

from saveguard.archive.budget import Damaged, NotUnderstood
from saveguard.archive.hdf5.fields import Fields, File, decoded

LONGEST_NAME = 4096


class LocalHeap:
    """The names of an old group."""

    def __init__(self, file: File, address: int) -> None:
        fields = file.fields(address, 8 + 2 * file.lengths + file.offsets, b"HEAP")
        fields.take(4)
        size = fields.length()
        fields.length()
        self.content = file.read(fields.address(), size)

    def text(self, offset: int) -> str:
        """The text at an offset.

        Raises:
            Damaged: If it lies outside of the heap.
        """
        end = self.content.find(b"\0", offset, offset + LONGEST_NAME)
        if not 0 <= offset < len(self.content) or end < 0:
            raise Damaged("a name lies outside of its heap")
        return decoded(self.content[offset:end])


def in_global_heap(file: File, reference: bytes) -> bytes:
    """What an element of any length stands for: its bytes in a global heap."""
    fields = Fields(file, reference)
    length, address, wanted = fields.number(4), fields.address(), fields.number(4)
    if not length:
        return b""
    if address not in file.heaps:
        file.heaps[address] = _objects(file, address)
    if wanted not in file.heaps[address]:
        raise Damaged(f"no object {wanted} in the global heap at address {address}")
    at, size = file.heaps[address][wanted]
    return file.read(at, min(size, length))


def _objects(file: File, address: int) -> dict[int, tuple[int, int]]:
    """Where each object of a global heap lies, and its bytes, by number."""
    prefix = file.fields(address, 8 + file.lengths, b"GCOL")
    prefix.take(4)
    end = address + prefix.length()
    head = 8 + file.lengths
    at, found = address + head, {}
    while at + head <= end:
        fields = file.fields(at, head)
        index = fields.number(2)
        fields.take(6)
        size = fields.length()
        if index == 0 or index in found:
            break
        found[index] = (at + head, size)
        at += head + (size + 7) // 8 * 8
    return found


class FractalHeap:
    """Where a large group of today's format keeps its links, or an object its attributes."""

    def __init__(self, file: File, address: int) -> None:
        self.file = file
        fields = file.fields(address, 22 + 12 * file.lengths + 3 * file.offsets, b"FRHP")
        fields.take(1)
        fields.number(2)
        if fields.number(2):
            raise NotUnderstood("a compressed heap of links or attributes")
        fields.take(1)
        largest = fields.number(4)
        fields.take(10 * file.lengths + 2 * file.offsets)
        self.width, self.first = fields.number(2), fields.length()
        self.direct = fields.length()
        self.bits = fields.number(2)
        fields.take(2)
        self.root = fields.address()
        self.rows = fields.number(2)
        self.place = (self.bits + 7) // 8
        self.length = (min(self.direct, largest).bit_length() + 7) // 8
        if not (0 < self.width <= 1024 and 0 < self.first <= self.direct and self.bits <= 64):
            raise Damaged(f"a heap of impossible sizes at address {address}")

    def get(self, identifier: bytes) -> bytes:
        """The object of an identifier."""
        kind = identifier[0] >> 4 & 3
        if kind == 2:
            return identifier[1 : 2 + (identifier[0] & 15)]
        if kind == 1:
            raise NotUnderstood("an object of its own outside of its heap")
        fields = Fields(self.file, identifier, 1)
        place, length = fields.number(self.place), fields.number(self.length)
        if not self.rows:
            return self.file.read(self.root + place, length)
        return self._indirect(self.root, self.rows, place, length)

    def _indirect(self, block: int, rows: int, place: int, length: int) -> bytes:
        """Follow the doubling table from an indirect block to the block that holds `place`."""
        for _ in range(self.bits):
            row = max((place // (self.first * self.width)).bit_length(), 0)
            size = self.first << max(row - 1, 0)
            base = self.width * (self.first << row - 1) if row else 0
            column = (place - base) // size
            if row >= rows:
                break
            index = row * self.width + column
            self.file.fields(block, 4, b"FHIB")
            entry = block + 5 + self.file.offsets + self.place + index * self.file.offsets
            block = self.file.fields(entry, self.file.offsets).address()
            place -= base + column * size
            if size <= self.direct:
                return self.file.read(block + place, length)
            rows = (size // (self.first * self.width)).bit_length()
        raise Damaged("an object lies outside of its heap")
