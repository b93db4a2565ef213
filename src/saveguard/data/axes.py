"""The axes behind the rows of a column: how long they are, and whether the contract takes that."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from saveguard.contract import Axis
from saveguard.data import kinds, types
from saveguard.data.counting import Tally
from saveguard.data.expected import Expected
from saveguard.data.flat import Array, Flat, through
from saveguard.data.notes import Notes


def read(held: Flat, expected: Expected, notes: Notes, tally: Tally) -> dict[str, Any]:
    """The fields of a `Column` that tell of lengths, without counts; what is amiss is noted."""
    depth, wanted = len(held.levels), expected.axes
    told: dict[str, list[Any]] = {"longest": [], "shortest": [], "steps": []}
    taken = _taken(depth, wanted)
    if wanted is not None and taken is None and held.kind != "other":
        notes.rows(kinds.RANK if depth else kinds.SCALAR, held.there, _shown(held))
    for level, offsets in enumerate(held.levels):
        lengths, exists = offsets[1:] - offsets[:-1], _there(held, level)
        given: Array = lengths if exists is None else lengths[exists]
        if not len(given):
            continue
        shortest, longest = int(given.min()), int(given.max())
        tally.count_lengths(level, given, longest)
        told["longest"].append(longest)
        told["shortest"].append(shortest)
        told["steps"].append(int(given.sum()))
        axis = taken[level] if taken else None
        if not shortest or (axis and not (axis.takes(shortest) and axis.takes(longest))):
            _note(held, level, lengths, exists, axis, notes)
    return {key: tuple(values) for key, values in told.items()}


def _taken(depth: int, wanted: tuple[Axis, ...] | None) -> tuple[Axis, ...] | None:
    """The axis that each level of the data is; None where they do not fit each other.

    An axis of one value may be there or not, as Keras has it; and all axes may be laid out as one.
    """
    if wanted is None:
        return None
    if depth >= len(wanted):
        return wanted + (Axis(size=1),) * (depth - len(wanted)) if depth - len(wanted) < 2 else None
    if all(axis.size == 1 for axis in wanted[depth:]):
        return wanted[:depth]
    sizes = [axis.size for axis in wanted]
    if depth == 1 and None not in sizes:
        return (Axis(size=math.prod(size or 0 for size in sizes)),)
    return None


def _there(held: Flat, level: int) -> Array | None:
    """Which sequences of a level are not null; None: all."""
    null = held.null if level == 0 else held.nulls[level - 1]
    return None if null is None else ~null


def _note(
    held: Flat, level: int, lengths: Array, there: Array | None, axis: Axis | None, notes: Notes
) -> None:
    exists: Any = True if there is None else there
    empty = kinds.on_axis(kinds.EMPTY, level + 1)
    # A step without values is no empty sequence where each has to have some.
    needed = level > 0 and axis is not None and not axis.takes(0)
    if not needed:
        _wrong(held, level, (lengths == 0) & exists, empty, lengths, notes)
    if axis is None:
        return
    if axis.size is not None:
        fits = lengths == axis.size
    else:
        most = np.iinfo(np.int64).max if axis.maximum is None else axis.maximum
        fits = (lengths >= (axis.minimum or 0)) & (lengths <= most)
    wrong = ~fits & exists if needed else ~fits & (lengths > 0) & exists
    _wrong(held, level, wrong, kinds.on_axis(kinds.LENGTH, level + 1), lengths, notes)


def _wrong(held: Flat, level: int, wrong: Array, kind: str, lengths: Array, notes: Notes) -> None:
    where = wrong.nonzero()[0]
    if not len(where):
        return
    if level == 0:
        notes.rows(kind, where, lengths[where])
        return
    begins = through(held.levels[:level])
    rows = np.searchsorted(begins, where, side="right") - 1
    notes.values(kind, rows, where - begins[rows], lengths[where])


def _shown(held: Flat) -> Any:
    """What stands in rows that are values, or their type."""
    return held.values if not held.levels and held.kind == "number" else types.told(held.type)
