"""What holds the names of a group: a heap of text, and a tree of tables sorted by name.

Source: "HDF5 File Format Specification", version 3.0, sections III.A.1, III.B, III.C and III.E.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from saveguard.persist.writer.messages import TEXT_PLACE, UNDEFINED, padded
from saveguard.persist.writer.stream import Stream

# The values that HDF5 takes unless it is told others: a table has up to 2 * LEAF names, a node of
# the tree up to 2 * INTERNAL children.
LEAF, INTERNAL = 4, 16
_NO_FREE_BLOCK = 1
# Collections are no smaller, and here seldom larger; a number in one has 16 bits.
_COLLECTION, _LARGE_COLLECTION, _NUMBERS = 4096, 1 << 20, 60_000


def entry(name: int, header: int, tables: tuple[int, int] | None) -> bytes:
    """An entry of a table: the name's place in the heap, and its object; of a group its tables."""
    kind, first, second = (1, *tables) if tables else (0, 0, 0)
    return struct.pack("<QQI4xQQ", name, header, kind, first, second)


def write(
    stream: Stream, named: Sequence[tuple[str, int, tuple[int, int] | None]]
) -> tuple[int, int]:
    """Write the tables of a group; returns the addresses of its tree and of its heap.

    Args:
        named: (name, address of its header, its own tables if it is a group), sorted by the
            bytes of the name.
    """
    heap, places = bytearray(8), []
    for name, _, _ in named:
        places.append(len(heap))
        heap += padded(name.encode() + b"\0")
    at = stream.append(
        b"HEAP" + struct.pack("<B3xQQQ", 0, len(heap), _NO_FREE_BLOCK, stream.end + 32)
    )
    stream.append(heap)
    nodes = []
    for first in range(0, len(named), 2 * LEAF):
        part = slice(first, first + 2 * LEAF)
        rows = [entry(p, h, t) for p, (_, h, t) in zip(places[part], named[part], strict=True)]
        body = b"SNOD" + struct.pack("<BxH", 1, len(rows)) + b"".join(rows)
        nodes.append((places[part][-1], stream.append(body.ljust(8 + 2 * LEAF * 40, b"\0"))))
    return _tree(stream, nodes), at


def _tree(stream: Stream, nodes: list[tuple[int, int]]) -> int:
    """The tree over `nodes`, each with the heap's place of its last name."""
    level, before = 0, 0
    while True:
        parents = []
        groups = [nodes[i : i + 2 * INTERNAL] for i in range(0, len(nodes), 2 * INTERNAL)] or [[]]
        size = 24 + 8 * (4 * INTERNAL + 1)
        first, before = stream.end, 0
        for index, children in enumerate(groups):
            left = first + (index - 1) * size if index else UNDEFINED
            right = first + (index + 1) * size if index + 1 < len(groups) else UNDEFINED
            body = struct.pack("<4sBBHQQQ", b"TREE", 0, level, len(children), left, right, before)
            for last, address in children:
                body += struct.pack("<QQ", address, last)
                before = last
            parents.append((before, stream.append(body.ljust(size, b"\0"))))
        if len(parents) == 1:
            return parents[0][1]
        nodes, level = parents, level + 1


class Texts:
    """Texts of any length, which lie apart from the attributes and datasets that refer to them."""

    def __init__(self) -> None:
        self._texts: list[bytes] = []
        self._places: list[bytes] = []

    def add(self, text: str | bytes) -> int:
        """Take a text; returns its number for `place`."""
        self._texts.append(text.encode() if isinstance(text, str) else text)
        return len(self._texts) - 1

    def text(self, number: int) -> bytes:
        """A text that was taken."""
        return self._texts[number]

    def place(self, number: int) -> bytes:
        """What refers to a text, once all are written."""
        return self._places[number]

    def write(self, stream: Stream) -> None:
        """Write all of them, in collections."""
        waiting: list[bytes] = []
        size = 16
        for text in self._texts:
            if waiting and (size > _LARGE_COLLECTION or len(waiting) == _NUMBERS):
                self._collection(stream, waiting)
                waiting, size = [], 16
            waiting.append(text)
            size += 16 + len(padded(text))
        if waiting:
            self._collection(stream, waiting)

    def _collection(self, stream: Stream, texts: list[bytes]) -> None:
        address, rows = stream.end, []
        for number, text in enumerate(texts, 1):
            rows.append(struct.pack("<HHIQ", number, 1, 0, len(text)) + padded(text))
            place = (len(text), address, number) if text else (0, 0, 0)
            self._places.append(TEXT_PLACE.pack(*place))
        body = b"".join(rows)
        size = max(_COLLECTION, -(-(16 + len(body) + 16) // 8) * 8)
        free = size - 16 - len(body)
        body += struct.pack("<HHIQ", 0, 0, 0, free)
        head = b"GCOL" + struct.pack("<B3xQ", 1, size)
        stream.append((head + body).ljust(size, b"\0"))
