"""A function of Python as `marshal` wrote it, read without making a code object of it.

`marshal.loads` reads the format of its own Python alone, and is not safe for what others wrote:
it may end the interpreter. This reads that of CPython 2.7 and of 3.5 to 3.13, within bounds, into
plain values. Source: https://github.com/python/cpython/blob/v3.13.0/Python/marshal.c
"""

from __future__ import annotations

import struct
from typing import Any

from saveguard.facts import Frozen

_DEPTH, _OBJECTS, _DIGITS = 24, 20_000, 64
_SINGLE = {b"N": None, b"F": False, b"T": True, b".": ..., b"S": StopIteration, b"0": None}
# What a code object is written as, by the first release that has the form: `i` is four bytes.
_COUNTS = {(2, 7): "anse", (3, 0): "aknse", (3, 8): "apknse", (3, 11): "apkse"}
_PLACES = ("code", "constants", "names", "local", "free", "cell", "file", "name")
_PLACES_311 = ("code", "constants", "names", "local", "kinds", "file", "name", "qualified")


class Code(Frozen, frozen=True):
    """One function.

    Attributes:
        form: The first release that wrote code objects in this form.
        name: `<lambda>`, or the function's.
        file: The module that it was written in, as the file has it.
        line: The first line there.
        arguments: Names of its arguments.
        local: Names of its variables, the arguments first.
        free: Names of what it has from around it, those of its own cells before them.
        names: Names of globals and attributes.
        constants: Plain values, and the functions inside of it.
        code: Its instructions.
        lines: Which instruction is of which line.
    """

    form: tuple[int, int]
    name: str
    file: str
    line: int
    arguments: tuple[str, ...]
    local: tuple[str, ...]
    free: tuple[str, ...]
    names: tuple[str, ...]
    constants: tuple[Any, ...]
    code: bytes
    lines: bytes


def read(raw: bytes) -> Code:
    """The function in `raw`.

    Raises:
        ValueError: If it is none of CPython 2.7 or 3.5 to 3.13.
    """
    for form in _COUNTS:
        reader = _Reader(raw, form)
        try:
            found = reader.value()
        except (ValueError, TypeError, IndexError, struct.error):
            continue
        if isinstance(found, Code) and reader.at == len(raw):
            return found
    raise ValueError("no function as CPython 2.7 or 3.5 to 3.13 wrote it")


class _Reader:
    """Reads one value after another."""

    def __init__(self, raw: bytes, form: tuple[int, int]) -> None:
        self.raw, self.form, self.at = raw, form, 0
        self.depth = self.objects = 0
        self.seen: list[Any] = []
        self.interned: list[str] = []

    def value(self) -> Any:
        """The next value; what is referred to later is remembered."""
        self.depth, self.objects = self.depth + 1, self.objects + 1
        if self.depth > _DEPTH or self.objects > _OBJECTS:
            raise ValueError("too deep, or too many objects")
        first = self._bytes(1)[0]
        place = len(self.seen)
        if first & 0x80:
            self.seen.append(None)
        found = self._of(bytes([first & 0x7F]))
        if first & 0x80:
            self.seen[place] = found
        self.depth -= 1
        return found

    def _of(self, kind: bytes) -> Any:
        if kind in _SINGLE:
            return _SINGLE[kind]
        if kind in b"([<>)":
            return tuple(self.value() for _ in range(self._length(short=kind == b")")))
        if kind in b"stuaAzZ":
            return self._string(kind)
        if kind in b"iIgyl":
            return self._number(kind)
        if kind == b"r":
            return self.seen[self._length()]
        if kind == b"R":
            return self.interned[self._length()]
        if kind == b"c":
            return self._code()
        raise ValueError(f"no object begins with {kind!r}")

    def _string(self, kind: bytes) -> str | bytes:
        held = self._bytes(self._length(short=kind in b"zZ"))
        if kind == b"s":
            return held
        old = kind == b"t" and self.form < (3,)
        text = held.decode("latin-1") if old else held.decode("utf-8", "backslashreplace")
        if old:
            self.interned.append(text)
        return text

    def _number(self, kind: bytes) -> Any:
        if kind == b"l":
            (digits,) = struct.unpack("<i", self._bytes(4))
            if abs(digits) > _DIGITS:
                raise ValueError("a number of too many digits")
            read = struct.unpack(f"<{abs(digits)}H", self._bytes(2 * abs(digits)))
            size = sum(digit << 15 * place for place, digit in enumerate(read))
            return -size if digits < 0 else size
        form = {b"i": "<i", b"I": "<q", b"g": "<d", b"y": "<dd"}[kind]
        found = struct.unpack(form, self._bytes(struct.calcsize(form)))
        return complex(*found) if kind == b"y" else found[0]

    def _code(self) -> Code:
        counts = {key: self._length() for key in _COUNTS[self.form]}
        places = _PLACES_311 if self.form >= (3, 11) else _PLACES
        held: dict[str, Any] = {key: self.value() for key in places}
        line, lines = self._length(), self.value()
        if self.form >= (3, 11):
            self.value()  # its table of exceptions
            local, kinds = held["local"], held["kinds"]
            # A cell that is an argument, too, is among the variables already.
            held["cell"] = ()
            held["free"] = tuple(n for n, k in zip(local, kinds, strict=True) if k & 0xC0)
        if self.form < (3,):
            held = {key: one if key == "code" else _text(one) for key, one in held.items()}
            held["code"], lines = (_text(one).encode("latin-1") for one in (held["code"], lines))
        known = counts["a"] + counts.get("k", 0)
        found = {"arguments": held["local"][:known], "line": line, "lines": lines}
        found |= {key: held[key] for key in ("name", "file", "local", "names", "constants", "code")}
        return _checked(form=self.form, free=held["cell"] + held["free"], **found)

    def _length(self, *, short: bool = False) -> int:
        if short:
            return self._bytes(1)[0]
        (length,) = struct.unpack("<i", self._bytes(4))
        if not 0 <= length <= 1 << 24:
            raise ValueError("a length out of bounds")
        return int(length)

    def _bytes(self, length: int) -> bytes:
        found = self.raw[self.at : self.at + length]
        if len(found) < length:
            raise ValueError("it ends too early")
        self.at += length
        return found


def _text(value: Any) -> Any:
    """A string of Python 2, as one of Python 3; so in a tuple."""
    if isinstance(value, tuple):
        return tuple(map(_text, value))
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _checked(**held: Any) -> Code:
    texts = [held["name"], held["file"], *held["local"], *held["names"], *held["free"]]
    if not all(isinstance(one, str) for one in texts) or not isinstance(held["constants"], tuple):
        raise ValueError("a code object of other fields")
    if not isinstance(held["code"], bytes) or not isinstance(held["lines"], bytes):
        raise ValueError("a code object without instructions")
    return Code(**held)
