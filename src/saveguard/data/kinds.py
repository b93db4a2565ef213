"""What may be seen in a column that is worth a place to look at."""

from __future__ import annotations

# A row that is null, and a null among the values of a row.
NULL = "null"
NULL_VALUE = "null-value"
# A row that is a value where a sequence is due, or that has too many axes or too few.
SCALAR = "scalar"
RANK = "rank"
# A sequence without steps, or with a number of them that the contract does not take; of the axes
# behind the first one, each is a kind of its own (`on_axis`).
EMPTY = "empty"
LENGTH = "length"
# A row with another number of steps than the same row of the column that it belongs to.
STEPS = "steps"
# Values that are not finite.
NAN = "nan"
INFINITE = "infinite"
# Values out of the vocabulary or the range, and such as a cast to the input's dtype changes.
OUTSIDE = "outside"
CAST = "cast"
# Values that the dtype of the first batch does not hold; that dtype follows.
FIRST = "first-dtype "
# Steps that have the padding value: before the data, between them, behind them, and nothing else.
LEADING = "leading"
BETWEEN = "between"
TRAILING = "trailing"
MASKED = "masked"
# Text where numbers are due, or a type that is neither.
TEXT = "text"
OTHER = "other"
# The column is not there.
ABSENT = "absent"
# The row is in the other data set, too.
DUPLICATE = "duplicate"


def on_axis(kind: str, axis: int) -> str:
    """The kind as it is told of an axis behind the rows, counted from 1."""
    return kind if axis == 1 else f"{kind} on axis {axis}"


def axis_of(kind: str) -> tuple[str, int]:
    """The kind, and the axis that it is told of."""
    name, _, axis = kind.partition(" on axis ")
    return name, int(axis or 1)
