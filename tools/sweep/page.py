"""The page that the sweep writes: a table by layer, and every difference by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sweep import Outcome

VERDICTS = (
    "comes back",
    "true finding",
    "not comparable",
    "refused",
    "not built",
    "false alarm",
    "missed",
)
COMMAND = "python tools/sweep/run.py"


def text(found: list[Outcome]) -> str:
    """The whole page, in Markdown; the same outcomes give the same page."""
    found = sorted(found, key=lambda one: (one.kind.lower(), one.name))
    parts = [_head(found), _table(found)]
    parts += [_list(title, told, found, verdict) for title, told, verdict in _SECTIONS]
    parts += [_unseen(found), _left_out()]
    return "\n".join(part for part in parts if part)


def summary(found: list[Outcome]) -> str:
    """The totals in one line."""
    count = Counter(one.verdict for one in found)
    plants = [plant for one in found for plant in one.plants]
    caught = sum(plant.caught for plant in plants)
    told = ", ".join(f"{count[verdict]} {verdict}" for verdict in VERDICTS if count[verdict])
    return f"{len(found)} configurations: {told}; planted differences caught: {caught} of {len(plants)}"


def wrong(found: list[Outcome]) -> bool:
    """Whether anything was a false alarm or was missed, planted differences among them."""
    return any(
        one.verdict in ("false alarm", "missed") or not all(plant.caught for plant in one.plants)
        for one in found
    )
