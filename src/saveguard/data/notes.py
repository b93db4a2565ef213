"""Where in a batch something was seen, turned into counts and the first few places."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from saveguard.data.flat import Array
from saveguard.data.source import Part
from saveguard.data.summary import SHOWN, Seen, Witness

# No number is so long, and few types are.
_LONGEST = 80


class Stretch(NamedTuple):
    """Rows of a part that lie together.

    Attributes:
        part: The part.
        number: Its number in the order of the source.
        row: The row in the part with which they begin.
    """

    part: Part
    number: int
    row: int

    def witness(self, row: int, at: int, value: Any) -> Witness:
        """The place of a row, counted from the stretch's first."""
        known = self.part.first_row >= 0
        return Witness(
            part=self.number,
            row=self.row + row + (self.part.first_row if known else 0),
            at=at,
            file=self.part.file,
            within="" if known else self.part.at,
            value=told(value),
        )


def told(value: Any) -> str:
    """A value as text, not too long."""
    plain = value.item() if isinstance(value, np.generic) else value
    text = "" if plain is None else repr(plain)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


class Notes:
    """What was seen in one column of a stretch, kind by kind."""

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self.seen: dict[str, Seen] = {}

    def rows(self, kind: str, rows: Array, value: Any = None, count: int | None = None) -> None:
        """Rows that are so: their numbers, ascending.

        Args:
            value: What stands in each of them, if that is worth telling: one, or one for all.
            count: How many values of them are meant, where it is not one a row.
        """
        if not len(rows):
            return
        values = value if isinstance(value, np.ndarray) else [value] * SHOWN
        first = zip(rows[:SHOWN].tolist(), values[:SHOWN], strict=False)
        places = tuple(self.stretch.witness(row, -1, told) for row, told in first)
        self._add(kind, Seen(len(rows), len(rows) if count is None else count, places))

    def runs(self, kind: str, rows: Array, lengths: Array) -> None:
        """Runs of values that are so: their rows, ascending, and their lengths."""
        begins = np.flatnonzero(np.diff(rows, prepend=rows[0] - 1))
        lengths = np.add.reduceat(lengths, begins)
        self.rows(kind, rows[begins], lengths, count=int(lengths.sum()))

    def values(self, kind: str, rows: Array, at: Array, values: Array | None = None) -> None:
        """Values that are so: their rows, ascending, and where in its row each stands."""
        if not len(rows):
            return
        begins = np.flatnonzero(np.diff(rows, prepend=rows[0] - 1))
        places = tuple(
            self.stretch.witness(int(rows[i]), int(at[i]), None if values is None else values[i])
            for i in begins[:SHOWN]
        )
        self._add(kind, Seen(len(begins), len(rows), places))

    def _add(self, kind: str, seen: Seen) -> None:
        self.seen[kind] = self.seen[kind] + seen if kind in self.seen else seen
