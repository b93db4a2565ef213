"""What a rule tells of the troubles that a reader of data met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.facts import BatchFacts, Trouble, Troubles


def of(facts: BatchFacts, code: str) -> Iterator[Troubles]:
    """The troubles of one rule, if there are any."""
    yield from (held for held in facts.troubles if held.code == code)


def told(held: Troubles) -> dict[str, Any]:
    """The place of the first, its file, and all that are kept as evidence: parts of a finding."""
    first = held.first[0]
    return {
        "where": place(first),
        "file": first.file,
        "evidence": tuple(f"{place(one)}: {one.what}" for one in held.first)
        if held.count > 1
        else (),
    }


def place(one: Trouble) -> str:
    """Where one is: file, part and row."""
    row = f"[{one.row}]" if one.row >= 0 else ""
    return f"{one.file}{row}" + (f", {one.place}" if one.place else "")


def more(held: Troubles) -> str:
    """What stands behind the headline: how many others there are, and what is lost."""
    others = f"; {held.count - 1:,} more like it" if held.count > 1 else ""
    lost = "1 row" if held.rows == 1 else f"{held.rows:,} rows"
    return others + (f"; {lost} lost" if held.rows else "")
