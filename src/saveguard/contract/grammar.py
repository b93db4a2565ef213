"""The one line that tells a contract: read, with the place of what is wrong, and written.

    line    = node | input (";" input)+          several inputs are a list
    node    = input | "[" node (";" node)* "]" | "{" entry (";" entry)* "}" | "none"
    entry   = [key "="] node                     without a key, the input's name is the key
    input   = name ["?"] ":" dtype "[" axes "]" option*
    axes    = "..." | axis ("," axis)*
    axis    = size | [least "<="] name ["<=" most] | name ">=" least | name "=" size
    option  = "vocabulary=" count | "range=" [low] ".." [high] | "pad=" number
            | "side=" ("pre" | "post") | "mask=" (layer "(" class ")" | text)

A name may stand in double quotes, as in JSON; the axis `any` has no name, the dtype `any` is not
known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from saveguard.contract.parts import AXIS, BARE, Axis, Input, name_in_line

_DTYPES = """
any bool int4 int8 int16 int32 int64 uint4 uint8 uint16 uint32 uint64 bfloat16 float16 float32
float64 float8_e4m3fn float8_e5m2 complex64 complex128 string datetime64 timedelta64
"""
DTYPES = tuple(_DTYPES.split())
OPTIONS = ("vocabulary", "range", "pad", "side", "mask")
# Deeper than anybody nests inputs; a line is typed by hand or comes out of a file.
_DEEPEST = 32
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_COUNT = re.compile(r"\d{1,18}")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)")
_WORD = re.compile(r"[^\W\d]\w*")
_LAYER = re.compile(r"([\w./-]+)\((\w+)\)")


class Typo(ValueError):
    """A line that is no contract.

    Attributes:
        line: The line.
        at: Where in it, counted from 0.
        expected: What should stand there.
        near: What may have been meant, nearest first.
    """

    def __init__(self, line: str, at: int, expected: str, near: tuple[str, ...] = ()) -> None:
        self.line, self.at, self.expected, self.near = line, at, expected, near
        meant = f"; did you mean {near[0]!r}?" if near else ""
        super().__init__(
            f"{expected} expected at character {at + 1}{meant}\n{line}\n{'^':>{at + 1}}"
        )


def write(structure: Any, inputs: tuple[Input, ...]) -> str:
    """The line of a structure whose leaves are indices into `inputs`."""
    if isinstance(structure, list) and len(structure) > 1:
        return "; ".join(_node(part, inputs) for part in structure)
    return _node(structure, inputs)


def _node(structure: Any, inputs: tuple[Input, ...]) -> str:
    if isinstance(structure, dict):
        entries = (_entry(key, structure[key], inputs) for key in sorted(structure))
        return "{" + "; ".join(entries) + "}"
    if isinstance(structure, list):
        return "[" + "; ".join(_node(part, inputs) for part in structure) + "]"
    return "none" if structure is None else str(inputs[structure])


def _entry(key: str, part: Any, inputs: tuple[Input, ...]) -> str:
    node = _node(part, inputs)
    named = isinstance(part, int) and inputs[part].name == key
    return node if named else f"{name_in_line(key)}={node}"


def read(line: str) -> tuple[Any, tuple[Input, ...]]:
    """The structure and the inputs of a line.

    Raises:
        Typo: If it is no contract; with the place, and what may have been meant.
    """
    reader = _Reader(line)
    parts = [reader.node(0)]
    while reader.take(";"):
        parts.append(reader.node(0))
    if reader.at < len(line):
        reader.fail("an option (vocabulary=, range=, pad=, side=, mask=), ';' or the end", OPTIONS)
    order: list[int] = []
    structure = _numbered(parts if len(parts) > 1 else parts[0], order)
    return structure, tuple(reader.inputs[index] for index in order)


def _numbered(structure: Any, order: list[int]) -> Any:
    """The structure with its leaves counted in Keras's order, in which keys are sorted."""
    if isinstance(structure, dict):
        return {key: _numbered(structure[key], order) for key in sorted(structure)}
    if isinstance(structure, list):
        return [_numbered(part, order) for part in structure]
    if structure is None:
        return None
    order.append(structure)
    return len(order) - 1


class _Reader:
    """A place in a line, and the inputs that were read so far."""

    def __init__(self, line: str) -> None:
        self.line, self.at = line, 0
        self.inputs: list[Input] = []
        self._space()

    def node(self, depth: int) -> Any:
        if depth > _DEEPEST:
            self.fail(f"at most {_DEEPEST} structures within each other")
        if self.take("["):
            return self._until("]", lambda: self.node(depth + 1))
        if self.take("{"):
            return self._dictionary(depth + 1)
        if self._ahead(_WORD) == "none":
            self.word(_WORD, "")
            return None
        return self._input(self._name("the name of an input"))

    def _dictionary(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def entry() -> None:
            start, key = self.at, self._name("a key")
            if key in found:
                self.at = start
                self.fail(f"a key other than {key!r}, which is there already")
            found[key] = self.node(depth) if self.take("=") else self._input(key)

        self._until("}", entry)
        return found

    def _until(self, close: str, part: Callable[[], Any]) -> list[Any]:
        found = []
        while not self.take(close):
            found.append(part())
            if not self.take(";") and not self.line.startswith(close, self.at):
                self.fail(f"';' or {close!r}")
        return found

    def _input(self, name: str) -> int:
        optional = self.take("?")
        self.need(":")
        dtype = self.choose(DTYPES, "a dtype")
        self.need("[")
        axes = None if self.take("...") else tuple(self._axes())
        self.need("]")
        options: dict[str, Any] = {}
        while (key := self._ahead(_WORD)) is not None:
            if key in options:
                self.fail(f"an option other than {key!r}, which is there already")
            self.choose(OPTIONS, "an option")
            self.need("=")
            options[key] = getattr(self, f"_{key}")()
        self.inputs.append(
            Input(
                name=name,
                axes=axes,
                dtype="" if dtype == "any" else dtype,
                pad=options.get("pad"),
                pad_source=options.get("mask", ""),
                side=options.get("side", ""),
                vocabulary=options.get("vocabulary"),
                minimum=options.get("range", (None, None))[0],
                maximum=options.get("range", (None, None))[1],
                optional=optional,
            )
        )
        return len(self.inputs) - 1

    def _axes(self) -> list[Axis]:
        found: list[Axis] = []
        while not self.line.startswith("]", self.at):
            if found and not self.take(","):
                self.fail("',' or ']'")
            found.append(self._axis())
        return found

    def _axis(self) -> Axis:
        least = self._size() if self._ahead(_COUNT) else None
        if least is not None and not self.take("<="):
            return Axis(size=least)
        quoted = self.line.startswith('"', self.at)
        name = self._name("a size, a name or 'any'", AXIS)
        name = "" if name == "any" and not quoted else name
        if least is None and self.take(">="):
            return Axis(name, minimum=self._size())
        bounded = self.take("<=")
        start, most = self.at, self._size() if bounded else None
        if most is not None and least is not None and most < least:
            self.at = start
            self.fail(f"a bound of at least {least}")
        size = self._size() if least is None and most is None and self.take("=") else None
        return Axis(name, size=size, maximum=most, minimum=least)

    def _size(self) -> int:
        return int(self.word(_COUNT, "a whole number"))

    def _vocabulary(self) -> int:
        return self._size()

    def _range(self) -> tuple[float | None, float | None]:
        start, low = self.at, self._number() if self._ahead(_NUMBER) else None
        self.need("..")
        high = self._number() if self._ahead(_NUMBER) else None
        if (low is None and high is None) or (low is not None and high is not None and low > high):
            self.at = start
            self.fail("a range as 0..255, 0.. or ..1")
        return low, high

    def _pad(self) -> float:
        return self._number()

    def _number(self) -> float:
        return float(self.word(_NUMBER, "a number"))

    def _side(self) -> str:
        return self.choose(("pre", "post"), "'pre' or 'post'")

    def _mask(self) -> str:
        layer = _LAYER.match(self.line, self.at)
        if layer is None:
            return self._name("the layer that masks, as masking(Masking), or a text")
        self.at = layer.end()
        self._space()
        return f"{layer[1]} ({layer[2]})"

    def _name(self, expected: str, bare: re.Pattern[str] = BARE) -> str:
        if self._ahead(_STRING) is None:
            return self.word(bare, expected)
        start, told = self.at, self.word(_STRING, expected)
        try:
            return str(json.loads(told))
        except ValueError:
            self.at = start
            self.fail(f"{expected}, in quotes as JSON has them")

    def choose(self, words: tuple[str, ...], expected: str) -> str:
        start, found = self.at, self.word(_WORD, expected)
        if found not in words:
            self.at = start
            self.fail(expected, words)
        return found

    def word(self, pattern: re.Pattern[str], expected: str) -> str:
        found = pattern.match(self.line, self.at)
        if found is None:
            self.fail(expected)
        self.at = found.end()
        self._space()
        return found[0]

    def take(self, text: str) -> bool:
        there = self.line.startswith(text, self.at)
        if there:
            self.at += len(text)
            self._space()
        return there

    def need(self, text: str) -> None:
        if not self.take(text):
            self.fail(repr(text))

    def _ahead(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.line, self.at)
        return found and found[0]

    def _space(self) -> None:
        while self.at < len(self.line) and self.line[self.at].isspace():
            self.at += 1

    def fail(self, expected: str, words: tuple[str, ...] = ()) -> NoReturn:
        import difflib  # slow to import, and most lines are right

        given = self._ahead(_WORD) or ""
        near = tuple(difflib.get_close_matches(given, words, n=2)) if given else ()
        raise Typo(self.line, self.at, expected, near)
