"""Datatypes and dataspaces: what the elements of an array are, and how many there are."""

from __future__ import annotations

from typing import Any, NamedTuple

from saveguard.archive.budget import Damaged, NotUnderstood
from saveguard.archive.hdf5.fields import Fields, File, decoded, floats
from saveguard.archive.hdf5.heap import in_global_heap

_RANK = 32
# By bytes, bits of exponent and bits of mantissa.
_FLOATS = {
    (2, 5, 10): "float16",
    (2, 8, 7): "bfloat16",
    (4, 8, 23): "float32",
    (8, 11, 52): "float64",
    (1, 4, 3): "float8_e4m3fn",
    (1, 5, 2): "float8_e5m2",
}


class Type(NamedTuple):
    """A datatype.

    Attributes:
        name: NumPy's name, or `string` (fixed), `text` (of any length), `object`, `void`.
        size: Bytes of one element.
        order: `<` or `>`.
    """

    name: str
    size: int
    order: str = "<"


def dataspace(file: File, content: bytes) -> tuple[int, ...]:
    """The shape in a dataspace message; `(0,)` where it says that there are no elements."""
    fields = Fields(file, content)
    version, rank, _flags = fields.number(1), fields.number(1), fields.number(1)
    if version not in (1, 2) or rank > _RANK:
        raise Damaged(f"a dataspace of version {version} and rank {rank}")
    kind = fields.number(1)
    if version == 1:
        fields.take(4)
    elif kind == 2:
        return (0,)
    return tuple(fields.length() for _ in range(rank))


def datatype(file: File, content: bytes) -> Type:
    """The datatype in a message."""
    fields = Fields(file, content)
    first = fields.number(1)
    kind, version = first & 15, first >> 4
    bits, size = fields.number(3), fields.number(4)
    if version not in (1, 2, 3, 4, 5):
        raise Damaged(f"a datatype of version {version}")
    order = ">" if bits & 1 else "<"
    if kind in (0, 4):
        sign = "int" if bits & 8 and kind == 0 else "uint"
        known = size in (1, 2, 4, 8)
        return Type(f"{sign}{8 * size}" if known else "void", size, order)
    if kind == 1:
        fields.take(5)
        exponent, _, mantissa = (fields.number(1) for _ in range(3))
        return Type(_FLOATS.get((size, exponent, mantissa), "void"), size, order)
    if kind == 3:
        return Type("string", size)
    if kind == 6:
        return Type(_compound(fields, version, bits & 0xFFFF, size), size)
    if kind == 8:
        return _enumeration(file, fields, size)
    if kind == 9:
        return Type("text" if bits & 15 == 1 else "object", size)
    return Type("object" if kind == 7 else "void", size)


def _compound(fields: Fields, version: int, members: int, size: int) -> str:
    """`complex64` and `complex128` are written as compounds of `r` and `i`."""
    content = fields.content[fields.at :]
    pair = members == 2 and content.startswith(b"r\0") and b"i\0" in content
    return {8: "complex64", 16: "complex128"}.get(size, "void") if pair and version else "void"


def _enumeration(file: File, fields: Fields, size: int) -> Type:
    content = fields.content[fields.at :]
    if not content or content[0] & 15:
        return Type("void", size)  # it enumerates something else than integers
    inner = datatype(file, content)
    boolean = size == 1 and b"FALSE" in content and b"TRUE" in content
    return Type("bool" if boolean else inner.name, size, inner.order)


def value(file: File, kind: Type, shape: tuple[int, ...], content: bytes) -> Any:
    """The value of an attribute: a string, a number, or a flat list of these; else None."""
    count = 1
    for length in shape:
        count *= length
    if not 0 < kind.size <= len(content):
        return None if count else []
    count = min(count, len(content) // kind.size)
    file.meter.spend("pieces", count)
    parts = [content[at : at + kind.size] for at in range(0, count * kind.size, kind.size)]
    if kind.name == "string":
        found: list[Any] = [decoded(part) for part in parts]
    elif kind.name == "text":
        found = [decoded(in_global_heap(file, part)) for part in parts]
    elif kind.name == "bool" or "int" in kind.name:
        order = "little" if kind.order == "<" else "big"
        signed = kind.name.startswith("int")
        found = [int.from_bytes(part, order, signed=signed) for part in parts]  # type: ignore[arg-type]
    elif kind.name in ("float16", "float32", "float64"):
        found = floats(content[: count * kind.size], kind.size, kind.order)
    else:
        raise NotUnderstood(f"an attribute of {kind.name}")
    return found if shape else found[0]
