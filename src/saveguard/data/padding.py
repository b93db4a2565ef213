"""Steps that have the padding value, by where in their sequence they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from saveguard.data import kinds
from saveguard.data.flat import Array, through

if TYPE_CHECKING:
    from saveguard.data.blocks import Pass
    from saveguard.data.notes import Notes


def value(pad: float | None, dtype: Any) -> float | None:
    """The padding value as values of this dtype can have it; None where they cannot."""
    if pad is None or dtype.kind not in "fiu":
        return None
    if dtype.kind == "f":
        return float(np.asarray(pad, dtype))
    bounds = np.iinfo(dtype)
    return int(pad) if pad == int(pad) and bounds.min <= pad <= bounds.max else None


class Runs(NamedTuple):
    """Runs of padded steps.

    Attributes:
        rows: The row of each.
        steps: How long it is.
        leads, trails: Whether its row begins, and ends, with it.
    """

    rows: Array
    steps: Array
    leads: Array
    trails: Array


def find(held: Pass, first: int, last: int) -> Runs:
    """The runs in the rows from `first` to before `last`."""
    begins = held.begins[first : last + 1]
    padded = held.values[begins[0] : begins[-1]] == held.pad
    ends = begins - begins[0]
    if len(held.flat.levels) > 1:
        inner = _steps(held, first, last)
        padded = _whole(padded, inner)
        ends = held.flat.levels[0][first : last + 1] - held.flat.levels[0][first]
    starts, stops = _runs(padded, ends)
    rows = np.searchsorted(ends, starts, side="right") - 1
    leads, trails = starts == ends[rows], stops == ends[rows + 1]
    return Runs(rows + first, stops - starts, leads, trails)


def note(found: list[Runs], notes: Notes) -> None:
    """Note runs by where they stand."""
    if not found:
        return
    rows, steps, leads, trails = map(np.concatenate, zip(*found, strict=True))
    for kind, which in (
        (kinds.MASKED, leads & trails),
        (kinds.LEADING, leads & ~trails),
        (kinds.TRAILING, trails & ~leads),
        (kinds.BETWEEN, ~(leads | trails)),
    ):
        if which.any():
            notes.runs(kind, rows[which], steps[which])


def _runs(padded: Array, ends: Array) -> tuple[Array, Array]:
    """Where runs of padded steps begin and end; none goes beyond its row."""
    where = np.flatnonzero(padded)
    if not len(where):
        return where, where
    first = np.zeros(len(padded) + 1, bool)
    first[ends] = True
    begins = first[where]
    begins[1:] |= where[1:] - where[:-1] > 1
    begins[0] = True
    last = np.append(begins[1:], True)
    return where[begins], where[last] + 1


def _steps(held: Pass, first: int, last: int) -> Array:
    """Where each step of the rows begins among their values, and where the last one ends."""
    outer = held.flat.levels[0]
    inner = through(held.flat.levels[1:])[outer[first] : outer[last] + 1]
    if held.there is not None:
        inner = np.searchsorted(held.there, inner)
    steps: Array = inner - inner[0]
    return steps


def _whole(padded: Array, inner: Array) -> Array:
    """Which steps are padding in each of their values; one without values is not."""
    widths = np.diff(inner)
    if len(widths) and (widths == widths[0]).all() and widths[0]:
        return np.asarray(padded.reshape(-1, widths[0]).all(axis=1))
    found = np.zeros(len(widths), bool)
    held = widths > 0
    found[held] = np.logical_and.reduceat(padded, inner[:-1][held])
    return found
