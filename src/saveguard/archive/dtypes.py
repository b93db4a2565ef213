"""TensorFlow's numbers for the types of elements, as NumPy names them."""

from __future__ import annotations

from saveguard.archive.budget import Damaged
from saveguard.archive.wire import Wire, signed

# `DataType` in tensorflow/core/framework/types.proto: number -> name, bytes of one element.
_TYPES = {
    1: ("float32", 4),
    2: ("float64", 8),
    3: ("int32", 4),
    4: ("uint8", 1),
    5: ("int16", 2),
    6: ("int8", 1),
    7: ("string", 0),
    8: ("complex64", 8),
    9: ("int64", 8),
    10: ("bool", 1),
    11: ("qint8", 1),
    12: ("quint8", 1),
    13: ("qint32", 4),
    14: ("bfloat16", 2),
    15: ("qint16", 2),
    16: ("quint16", 2),
    17: ("uint16", 2),
    18: ("complex128", 16),
    19: ("float16", 2),
    20: ("object", 0),
    21: ("object", 0),
    22: ("uint32", 4),
    23: ("uint64", 8),
    24: ("float8_e5m2", 1),
    25: ("float8_e4m3fn", 1),
    29: ("int4", 1),
    30: ("uint4", 1),
}
_REFERENCE = 100
# More axes than any array has.
_MOST_AXES = 256


def name(number: int) -> str:
    """The type's name; `dtype 99` of one that is not known, `object` of what is no number."""
    known = _TYPES.get(number - _REFERENCE if number > _REFERENCE else number)
    return known[0] if known else f"dtype {number}"


def width(number: int) -> int:
    """Bytes of one element; 0 where that varies or is not known."""
    return _TYPES.get(number, ("", 0))[1]


def shape(wire: Wire, start: int, end: int) -> tuple[int, ...] | None:
    """A `TensorShapeProto`: -1 for an axis of any length, None where not even the rank is known.

    Raises:
        Damaged: If it has more axes than any array.
    """
    axes = []
    for field in wire.fields(start, end):
        if field.number == 3 and field.end < 0 and field.value:
            return None
        if field.number == 2 and field.end >= 0:
            sizes = [part.value for part in wire.fields(*field[1:]) if part[0] == 1]
            axes.append(signed(sizes[-1]) if sizes else 0)
        if len(axes) > _MOST_AXES:
            raise Damaged(f"a shape has more than {_MOST_AXES} axes")
    return tuple(axes)
