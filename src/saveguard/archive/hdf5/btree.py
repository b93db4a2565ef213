"""B-trees: the index of a large group, and of an array in chunks."""

from __future__ import annotations

from collections.abc import Iterator

from saveguard.archive.budget import Damaged
from saveguard.archive.hdf5.fields import File

_LEVELS = 32


def version_1(file: File, address: int, kind: int, key: int) -> Iterator[tuple[bytes, int]]:
    """(key, address) of every leaf in a B-tree of version 1, in order.

    Args:
        kind: 0 for a group, 1 for an array in chunks.
        key: Bytes of one key.
    """
    ahead, seen = [(address, _LEVELS)], set()
    while ahead:
        address, above = ahead.pop()
        if address in seen:
            raise Damaged(f"a B-tree comes back to address {address}")
        seen.add(address)
        head = file.fields(address, 8 + 2 * file.offsets, b"TREE")
        found, level, used = head.number(1), head.number(1), head.number(2)
        if found != kind or level >= above:
            raise Damaged(f"wrong B-tree at address {address}")
        fields = file.fields(address + 8 + 2 * file.offsets, used * (key + file.offsets))
        children = [(fields.take(key), fields.address()) for _ in range(used)]
        if level:
            ahead += [(child, level) for _, child in reversed(children)]
        else:
            yield from children


def version_2(file: File, address: int) -> Iterator[bytes]:
    """Every record in a B-tree of version 2, in any order."""
    fields = file.fields(address, 22 + file.offsets + file.lengths, b"BTHD")
    fields.take(2)
    node, record, depth = fields.number(4), fields.number(2), fields.number(2)
    fields.take(2)
    root, count = fields.address(), fields.number(2)
    if not 0 < record < node or depth > _LEVELS:
        raise Damaged(f"a B-tree of impossible sizes at address {address}")
    pointers = _pointers(file, node, record, depth)
    ahead, seen = [(root, count, depth)] if count else [], set()
    while ahead:
        address, count, level = ahead.pop()
        if address in seen:
            raise Damaged(f"a B-tree comes back to address {address}")
        seen.add(address)
        here, total = pointers[level]
        size = count * record + (count + 1) * (file.offsets + here + total) * bool(level)
        block = file.fields(address, 6 + size, b"BTIN" if level else b"BTLF")
        block.take(2)
        yield from [block.take(record) for _ in range(count)]
        for _ in range((count + 1) * bool(level)):
            child, records = block.address(), block.number(here)
            block.take(total)
            ahead.append((child, records, level - 1))


def _pointers(file: File, node: int, record: int, depth: int) -> list[tuple[int, int]]:
    """By level, the bytes of a child's number of records, and of the number beneath it."""
    most = (node - 10) // record
    width, beneath, total = _bytes(most), most, 0
    found = [(0, 0)]
    for _ in range(depth):
        found.append((width, total))
        most = (node - 10 - file.offsets - width - total) // (record + file.offsets + width + total)
        beneath = (most + 1) * beneath + most
        total = _bytes(beneath)
    return found


def _bytes(limit: int) -> int:
    return (max(limit, 1).bit_length() + 7) // 8
