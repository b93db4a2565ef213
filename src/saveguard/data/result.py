"""What an audit gives: a report, with the summaries that it was made of."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from saveguard.data import types
from saveguard.data.summary import Column, Summary
from saveguard.facts import Card
from saveguard.finding import Report
from saveguard.wording import many


class Audit(Report, frozen=True, kw_only=True):
    """The report on a data set.

    Attributes:
        summary: What the data are like; it adds up with those of other data.
        test: The same of the data that were given as `test`.
        contract: The line of the contract; empty where there was none.
        inputs: The input that each column feeds, by name.
        stopped: Whether somebody stopped the audit (Ctrl-C) before all was read.
    """

    summary: Summary = Summary()
    test: Summary | None = None
    contract: str = ""
    inputs: Mapping[str, str] = {}
    stopped: bool = False

    def cards(self) -> tuple[Card, ...]:
        """What a page shows of the data: a card for each column."""
        from saveguard.data import picture  # it reads this module

        return picture.cards(self)

    def to_json(self) -> str:
        """The report as JSON text, the same for the same data however it was read."""
        return msgspec.json.encode(self, order="deterministic").decode()


def told(name: str, held: Column, rows: int) -> str:
    """A column in one line: type, rows, lengths, range."""
    kinds = types.together([*held.types]) or "nothing"
    parts = [f"`{name}` is {kinds}", many(held.rows, "row")]
    if held.rows < rows:
        parts[-1] += f" of {rows:,}"
    for axis, (low, high) in enumerate(zip(held.shortest, held.longest, strict=True), 1):
        mean = held.steps[axis - 1] / max(1, sum(count for _, count in held.lengths[axis - 1]))
        same = many(low, "value") if low == high else f"{low:,} to {high:,}, {mean:.3g} on average"
        parts.append(f"axis {axis} has {same}")
    if held.minimum is not None:
        parts.append(f"values from {held.minimum:g} to {held.maximum:g}")
    return ", ".join(parts)
