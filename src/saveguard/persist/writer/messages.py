"""The messages of which HDF5 object headers consist, in the form that HDF5 1.0 could already read.

Source: "HDF5 File Format Specification", version 3.0, sections IV.A and III; what h5py writes
unless it is asked for a newer form, Keras's own files among it, is in the same form.
"""

from __future__ import annotations

import functools
import struct
from typing import Any

import numpy as np

UNDEFINED = 0xFFFFFFFFFFFFFFFF
_DATASPACE, _DATATYPE, _FILL, _LAYOUT, _ATTRIBUTE, _SYMBOL_TABLE = 1, 3, 5, 8, 12, 17
_CONSTANT = 1
# Allocated late, written where a value was set, and of the type's own default.
_NO_FILL_VALUE = struct.pack("<BBBBI", 2, 2, 2, 1, 0)
# A text's place: its bytes, the heap's address, its number there.
TEXT_PLACE = struct.Struct("<IQI")


def padded(content: bytes) -> bytes:
    """`content` up to the next multiple of eight bytes."""
    return content + bytes(-len(content) % 8)


def header(messages: list[bytes]) -> bytes:
    """An object header of the first version."""
    return struct.pack("<BxHII4x", 1, len(messages), 1, sum(map(len, messages))) + b"".join(
        messages
    )


def symbol_table(tree: int, heap: int) -> bytes:
    """Where a group's names are."""
    return _message(_SYMBOL_TABLE, struct.pack("<QQ", tree, heap))


def dataset(shape: tuple[int, ...], kind: bytes, address: int, size: int) -> list[bytes]:
    """The messages of a contiguous dataset."""
    return [
        _message(_DATASPACE, _dataspace(shape)),
        _message(_DATATYPE, kind, _CONSTANT),
        _message(_FILL, _NO_FILL_VALUE, _CONSTANT),
        _message(_LAYOUT, struct.pack("<BBQQ", 3, 1, address if size else UNDEFINED, size)),
    ]


def attribute(name: str, shape: tuple[int, ...], kind: bytes, content: bytes) -> bytes:
    """An attribute with its value.

    Raises:
        ValueError: If it is larger than a message can be.
    """
    named, space = name.encode() + b"\0", _dataspace(shape)
    sizes = struct.pack("<BxHHH", 1, len(named), len(kind), len(space))
    body = sizes + padded(named) + padded(kind) + padded(space) + content
    if len(body) > 0xFFF0:
        raise ValueError(f"the attribute {name!r} is larger than 64 KiB")
    return _message(_ATTRIBUTE, body)


@functools.cache
def datatype(dtype: np.dtype[Any]) -> bytes:
    """The message for a dtype, as h5py encodes it.

    Raises:
        TypeError: If HDF5 has no type for it.
    """
    import h5py

    # What `H5Tencode` gives begins with two bytes of its own.
    return bytes(h5py.h5t.py_create(dtype, logical=True).encode()[2:])


@functools.cache
def text(encoding: str = "utf-8") -> bytes:
    """The message for text of any length; h5py says `ascii` of what was bytes in Python."""
    import h5py

    # Not by `datatype`, whose cache takes the two encodings for one dtype.
    in_memory = bytes(h5py.h5t.py_create(h5py.string_dtype(encoding), logical=True).encode()[2:])
    # There a text is a pointer of eight bytes; in a file, its place.
    return in_memory[:4] + struct.pack("<I", TEXT_PLACE.size) + in_memory[8:]


def _dataspace(shape: tuple[int, ...]) -> bytes:
    return struct.pack(f"<BBB5x{len(shape)}Q", 1, len(shape), 0, *shape)


def _message(kind: int, body: bytes, flags: int = 0) -> bytes:
    body = padded(body)
    return struct.pack("<HHB3x", kind, len(body), flags) + body
