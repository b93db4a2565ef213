"""What a data set is like, in a value that adds up.

`Summary()` is the empty one. `+` is associative and commutative, and the summary of a part is the
sum of its batches' however it is cut, so that threads, processes and a cluster end in one JSON,
byte for byte. Nothing is rounded on the way: counts are whole, extremes are values of the data,
and of what was seen the first places are kept, by the order of the parts and the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from saveguard.data.keys import Keys
from saveguard.facts import Trouble, Troubles

# How many places are kept of each thing that was seen.
SHOWN = 5
SCHEMA_VERSION = 1

Number = int | float
T = TypeVar("T")
# How often each number occurs, by number.
Counts = tuple[tuple[int, int], ...]


class Witness(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A place in the data that shows something.

    Attributes:
        part: The number of the part, in the order of the source.
        row: The row in the file, counted from 0; in the part, where `within` names one.
        at: Which value of the row, the axes laid out one behind the other; -1: the row itself.
        file: The file.
        within: The part of the file, where nobody knows how many rows stand before it.
        value: What stands there, as text.
    """

    part: int
    row: int
    at: int = -1
    file: str = ""
    within: str = ""
    value: str = ""

    @property
    def place(self) -> str:
        """Where it is, inside the file: `[17]`, `[17, 3]`."""
        inside = f"[{self.row}]" if self.at < 0 else f"[{self.row}, {self.at}]"
        return f"{inside} of {self.within}" if self.within else inside


class Seen(msgspec.Struct, frozen=True):
    """How often something was seen in a column.

    Attributes:
        rows: In how many rows.
        values: How many values (or steps, or rows) are so.
        first: The first of the rows.
    """

    rows: int
    values: int
    first: tuple[Witness, ...]

    def __add__(self, other: Seen) -> Seen:
        first = tuple(sorted(self.first + other.first)[:SHOWN])
        return Seen(self.rows + other.rows, self.values + other.values, first)


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column.

    Attributes:
        rows: How many rows it has, nulls included.
        values: How many values there are in them, nulls left out.
        types: The Arrow types it has, with the rows of each.
        lengths: For each axis behind the rows: how many sequences are of each length; from 4,096
            on, lengths are counted by the sixteenth of an octave that they begin.
        longest, shortest, steps: For each such axis the extremes, and the sum of all lengths.
        minimum, maximum: The smallest and largest finite number.
        histogram: Of a sample of the rows (`sampled` values), how many values there are by the
            first 12 bits of their float32 (sign, exponent, eighths of an octave).
        sampled: How many values the histogram counts.
        seen: By kind (see `saveguard.data.kinds`), what may hurt, and where.
    """

    rows: int = 0
    values: int = 0
    types: Mapping[str, int] = msgspec.field(default_factory=dict)
    lengths: tuple[Counts, ...] = ()
    longest: tuple[int, ...] = ()
    shortest: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    minimum: Number | None = None
    maximum: Number | None = None
    histogram: Counts = ()
    sampled: int = 0
    seen: Mapping[str, Seen] = msgspec.field(default_factory=dict)

    def __add__(self, other: Column) -> Column:
        return Column(
            rows=self.rows + other.rows,
            values=self.values + other.values,
            types=counted(self.types, other.types),
            lengths=_by_axis(self.lengths, other.lengths, merged),
            longest=_by_axis(self.longest, other.longest, max),
            shortest=_by_axis(self.shortest, other.shortest, min),
            steps=_by_axis(self.steps, other.steps, lambda one, two: one + two),
            minimum=_extreme(min, self.minimum, other.minimum),
            maximum=_extreme(max, self.maximum, other.maximum),
            histogram=merged(self.histogram, other.histogram),
            sampled=self.sampled + other.sampled,
            seen=counted(self.seen, other.seen),
        )


class Late(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column that nobody knew of when the reading began.

    Attributes:
        axes: How many axes it has behind its rows.
        rows: How many rows have it.
        first: The first of them.
    """

    axes: int = 0
    rows: int = 0
    first: tuple[Witness, ...] = ()

    def __add__(self, other: Late) -> Late:
        first = tuple(sorted(self.first + other.first)[:SHOWN])
        return Late(max(self.axes, other.axes), self.rows + other.rows, first)


class Summary(msgspec.Struct, frozen=True, omit_defaults=True):
    """A data set, or any part of one.

    Attributes:
        rows: How many rows were read.
        parts: How many parts were read from end to end.
        columns: By name.
        seen: By kind, what whole rows are: `duplicate`, which are in the other data set, too.
        late: By name, columns that were not known when the reading began: of files that tell
            their columns only as they are read, and of batches behind the first one.
        keys: The rows' keys, where duplicates are looked for.
        troubles: By code, what could not be read.
        schema_version: Version of the JSON form; it grows when a key changes its meaning.
    """

    rows: int = 0
    parts: int = 0
    columns: Mapping[str, Column] = msgspec.field(default_factory=dict)
    seen: Mapping[str, Seen] = msgspec.field(default_factory=dict)
    late: Mapping[str, Late] = msgspec.field(default_factory=dict)
    keys: Keys | None = None
    troubles: Mapping[str, Troubles] = msgspec.field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION

    def __add__(self, other: Summary) -> Summary:
        return Summary(
            rows=self.rows + other.rows,
            parts=self.parts + other.parts,
            columns=counted(self.columns, other.columns),
            seen=counted(self.seen, other.seen),
            late=counted(self.late, other.late),
            keys=self.keys + other.keys if self.keys and other.keys else self.keys or other.keys,
            troubles=_troubles(self.troubles, other.troubles),
        )

    def to_json(self) -> str:
        """The summary as JSON text, the same for the same data; `from_json` reads it back."""
        return msgspec.json.encode(self, order="deterministic").decode()

    @staticmethod
    def from_json(text: str | bytes) -> Summary:
        """The summary that `to_json` wrote; docs/summary.schema.json is its JSON Schema.

        Raises:
            msgspec.ValidationError: If the text is not such a summary.
        """
        return msgspec.json.decode(text, type=Summary)


def total(summaries: Iterable[Summary]) -> Summary:
    """The sum of summaries, of none the empty one."""
    return sum(summaries, Summary())


def counted(one: Mapping[Any, Any], two: Mapping[Any, Any]) -> dict[Any, Any]:
    """Two mappings as one; what both hold is added."""
    found = dict(one)
    for key, value in two.items():
        found[key] = found[key] + value if key in found else value
    return found


def merged(one: Counts, two: Counts) -> Counts:
    """Two counts as one."""
    if not (one and two):
        return one or two
    found = dict(one)
    for key, count in two:
        found[key] = found.get(key, 0) + count
    both = found.items()
    return tuple(both if len(found) == len(one) else sorted(both))


def _by_axis(one: tuple[T, ...], two: tuple[T, ...], add: Callable[[T, T], T]) -> tuple[T, ...]:
    both = tuple(map(add, one, two))
    return both + one[len(both) :] + two[len(both) :]


def _extreme(
    pick: Callable[[Number, Number], Number], one: Number | None, two: Number | None
) -> Number | None:
    if one is None or two is None:
        return two if one is None else one
    if one == two:  # 1 and 1.0, in whatever order they come
        return one if isinstance(one, float) else two
    return pick(one, two)


def _troubles(one: Mapping[str, Troubles], two: Mapping[str, Troubles]) -> dict[str, Troubles]:
    found = dict(one)
    for code, more in two.items():
        held = found.get(code, Troubles(code=code, count=0, rows=0, first=()))
        first = sorted(held.first + more.first, key=_order)[:SHOWN]
        found[code] = Troubles(
            code=code,
            count=held.count + more.count,
            rows=held.rows + more.rows,
            first=tuple(first),
        )
    return found


def _order(one: Trouble) -> tuple[Any, ...]:
    """By file and row, then by whatever else tells two apart."""
    return one.file, one.row, one.place, one.column, one.what, one.rows


def troubled(trouble: Trouble) -> Summary:
    """The summary of one trouble."""
    alone = Troubles(code=trouble.code, count=1, rows=trouble.rows, first=(trouble,))
    return Summary(troubles={trouble.code: alone})
