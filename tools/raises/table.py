"""The table of every distinct raise: one line a row, with its code or why it has none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
from extract import Raise
from releases import RELEASES

PATH = Path(__file__).with_name("table.jsonl")
_HOLES = re.compile(r"(?<!\{)\{[^{}]*\}(?!\})")
_LONGEST = 360


class Row(msgspec.Struct, omit_defaults=True):
    """A raise, over all releases that have it.

    Attributes:
        kind: The exception's class; empty where what came is raised again.
        says: The message, with `{hint}` where a value is filled in; long ones are cut.
        within: The releases, `tf1.15..tf2.3 keras3.0`.
        first, last: Where it is in the oldest and in the newest of them: `module:line function`.
        code: The rule that explains it.
        why: Why there is none: a name of `reasons.REASONS`.
    """

    kind: str
    says: str
    within: str = msgspec.field(name="in", default="")
    first: str = ""
    last: str = ""
    code: str = ""
    why: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, _HOLES.sub("{}", self.says)

    @property
    def places(self) -> tuple[tuple[str, str, int, str], ...]:
        """(release, module, line, function) of the oldest and of the newest."""
        names = [name for part in self.within.split() for name in part.split("..")]
        both = dict.fromkeys(((names[0], self.first), (names[-1], self.last or self.first)))
        return tuple((name, *_parted(place)) for name, place in both)


def _parted(place: str) -> tuple[str, int, str]:
    where, _, function = place.partition(" ")
    module, _, line = where.rpartition(":")
    return module, int(line), function


def rows() -> list[Row]:
    """The committed table."""
    lines = PATH.read_text(encoding="utf-8").splitlines() if PATH.exists() else []
    return [msgspec.json.decode(line, type=Row) for line in lines]


def write(table: Iterable[Row]) -> None:
    lines = [msgspec.json.encode(row).decode() for row in sorted(table, key=_order)]
    PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")


def merged(found: dict[str, list[Raise]], known: Iterable[Row]) -> list[Row]:
    """One row for each distinct raise of the releases, with what the known rows say of it."""
    said = {row.key: (row.code, row.why) for row in known}
    places: dict[tuple[str, str], dict[str, Raise]] = {}
    for release, statements in found.items():
        for one in statements:
            places.setdefault(key(one), {}).setdefault(release, one)
    made = []
    for name, by in places.items():
        first, *_, last = [*by.values()] * 2
        code, why = said.get(name, ("", ""))
        at = (_place(first), _place(last)) if len(by) > 1 else (_place(first), "")
        made.append(Row(last.kind, cut(last.says), _spans(list(by)), *at, code, why))
    return made


def key(one: Raise) -> tuple[str, str]:
    """What makes two raises the same."""
    return one.kind, _HOLES.sub("{}", cut(one.says))


def cut(says: str) -> str:
    """The beginning of a message, whole holes only."""
    begun = says[:_LONGEST]
    return begun[: begun.rindex("{")] if begun.count("{") > begun.count("}") else begun


def _place(one: Raise) -> str:
    return f"{one.module}:{one.line} {one.function}"


def _spans(names: list[str]) -> str:
    """Releases that follow one another as `first..last`."""
    order = list(RELEASES)
    spans: list[list[str]] = []
    for name in names:
        if spans and order.index(name) == order.index(spans[-1][-1]) + 1:
            spans[-1].append(name)
        else:
            spans.append([name])
    return " ".join(s[0] if len(s) == 1 else f"{s[0]}..{s[-1]}" for s in spans)


def _order(row: Row) -> tuple[str, str, int, str]:
    _, module, line, _ = row.places[-1]
    return module, row.places[-1][3], line, row.says
