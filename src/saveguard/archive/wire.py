"""Protocol-buffer messages, read field by field where they lie in a file.

Nothing is built that was not asked for: a message's fields are walked in the order of the bytes,
and what a reader does not know is stepped over without being read. A file of two gigabytes costs
one window of memory. The encoding: https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from saveguard.archive.budget import Damaged, OverBudget

_WINDOW = 1 << 18
# A key and the number after it are varints of at most ten bytes each.
_LOOKAHEAD = 20
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_TEXT = 1 << 16


class Field(NamedTuple):
    """One field of a message.

    Attributes:
        number: Its number in the message's definition.
        value: A number; of anything longer, where its bytes begin.
        end: Where its bytes end; -1 of a number.
    """

    number: int
    value: int
    end: int


class Wire:
    """Bytes that hold messages: a file's, or some in memory."""

    def __init__(self, upto: Callable[[int, int], bytes], size: int, *, most: int) -> None:
        """Read messages.

        Args:
            upto: Gives as many bytes at a place as there are, up to a number.
            size: Bytes that there are.
            most: How many fields may be walked before `OverBudget` is raised.
        """
        self.size = size
        self._upto = upto
        self._most = self._left = most
        self._window, self._start = b"", 0

    @staticmethod
    def of(data: bytes, *, most: int = 1 << 16) -> Wire:
        """Messages in memory."""
        return Wire(lambda at, length: data[at : at + length], len(data), most=most)

    def fields(self, start: int = 0, end: int | None = None) -> Iterator[Field]:
        """The fields of the message between two places, in the order of the bytes.

        Raises:
            Damaged: Where the bytes stop making sense; the fields before it were yielded, and
                what is there of a message that goes on behind the end.
            OverBudget: If there are more fields than the budget allows.
        """
        at, last = start, self.size if end is None else end
        while at < last:
            self._left -= 1
            if self._left < 0:
                raise OverBudget(f"over the budget of {self._most:,} fields")
            window, base = self._around(at)
            key, here = varint(window, at - base)
            number, kind = key >> 3, key & 7
            value, at = 0, here + base
            if kind in (_VARINT, _BYTES):
                value, here = varint(window, here)
                at = here + base
            if not number or kind not in (_VARINT, _FIXED64, _BYTES, _FIXED32):
                raise Damaged(f"no field at byte {at}")
            start, at = at, at + _LENGTHS.get(kind, value if kind == _BYTES else 0)
            if at > last:
                if kind == _BYTES:  # of a file that was cut, what lies before the cut is read
                    yield Field(number, start, last)
                raise Damaged(f"the field at byte {start} goes on behind the end, {last}")
            if kind == _VARINT:
                yield Field(number, value, -1)
            else:
                yield Field(number, start, at)

    def messages(self, number: int, start: int = 0, end: int | None = None) -> Iterator[Field]:
        """The fields of one number that may be messages."""
        return (field for field in self.fields(start, end) if field[0] == number and field[2] >= 0)

    def data(self, field: Field, most: int = _TEXT) -> bytes:
        """The bytes of a field.

        Raises:
            OverBudget: If there are more than `most`.
        """
        _, start, end = field
        if end < 0:
            raise Damaged("a number stands where bytes are due")
        if end - start > most:
            raise OverBudget(f"over the budget of {most:,} bytes in one field")
        offset = start - self._start
        if offset >= 0 and end - self._start <= len(self._window):
            return self._window[offset : offset + end - start]
        return self._upto(start, end - start)

    def text(self, field: Field, most: int = _TEXT) -> str:
        """A field's text; what is no UTF-8 in it is replaced."""
        return self.data(field, most).decode("utf-8", "replace")

    def _around(self, at: int) -> tuple[bytes, int]:
        """A window on the bytes from `at` on, and where it begins."""
        offset = at - self._start
        there = len(self._window) - offset
        if offset < 0 or (there < _LOOKAHEAD and there < self.size - at):
            self._window, self._start = self._upto(at, _WINDOW), at
        return self._window, self._start


_LENGTHS = {_FIXED64: 8, _FIXED32: 4}


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned number of variable length at a place, and where it ends.

    Raises:
        Damaged: If the bytes end within it, or it has more than 64 bits.
    """
    number = shift = 0
    for place in range(at, min(at + 10, len(data))):
        byte = data[place]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & 0xFFFFFFFFFFFFFFFF, place + 1
        shift += 7
    raise Damaged("it ends within a number, or has one of more than 64 bits")


def signed(number: int) -> int:
    """A 64-bit number that was written as an unsigned one."""
    return number - (1 << 64) if number >> 63 else number
