"""Steps that have the padding value, by where in their sequence they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from saveguard.data import kinds
from saveguard.data.flat import Array, through

if TYPE_CHECKING:
    from saveguard.data.blocks import Pass


def value(pad: float | None, dtype: Any) -> float | None:
    """The padding value as values of this dtype can have it; None where they cannot."""
    if pad is None or dtype.kind not in "fiu":
        return None
    if dtype.kind == "f":
        return float(np.asarray(pad, dtype))
    bounds = np.iinfo(dtype)
    return int(pad) if pad == int(pad) and bounds.min <= pad <= bounds.max else None


class Runs(NamedTuple):
    """Runs of padded steps: where among all steps of the batch each begins and ends."""

    starts: Array
    stops: Array


def find(held: Pass, first: int, last: int) -> Runs:
    """The runs in the rows from `first` to before `last`; they may go on from row to row."""
    begin, end = held.begins[first], held.begins[last]
    padded = held.values[begin:end] == held.pad
    if len(held.flat.levels) > 1:
        padded = _whole(padded, _steps(held, first, last))
        begin = held.flat.levels[0][first]
    where = padded.nonzero()[0]
    if not len(where):
        return Runs(where, where)
    where += begin
    apart = np.ones(len(where) + 1, bool)
    np.greater(where[1:] - where[:-1], 1, out=apart[1:-1])
    return Runs(where[apart[:-1]], where[apart[1:]] + 1)


def note(held: Pass, found: list[Runs]) -> None:
    """Note runs by where in their row they stand."""
    if not any(len(runs.starts) for runs in found):
        return
    begins = held.begins if len(held.flat.levels) == 1 else held.flat.levels[0]
    rows, starts, stops = _by_row(begins, *map(np.concatenate, zip(*found, strict=True)))
    leads, trails = starts == begins[rows], stops == begins[rows + 1]
    for kind, which in (
        (kinds.MASKED, leads & trails),
        (kinds.LEADING, leads & ~trails),
        (kinds.TRAILING, trails & ~leads),
        (kinds.BETWEEN, ~(leads | trails)),
    ):
        if which.any():
            held.notes.runs(kind, rows[which], (stops - starts)[which])


def _by_row(begins: Array, starts: Array, stops: Array) -> tuple[Array, Array, Array]:
    """The row of each run, which is cut where its row ends."""
    rows = begins.searchsorted(starts, side="right") - 1
    over = begins.searchsorted(stops, side="left") - rows
    if (over == 1).all():
        return rows, starts, stops
    skipped = np.repeat(np.cumsum(over) - over, over)
    rows = np.repeat(rows, over) + np.arange(len(skipped)) - skipped
    starts = np.maximum(np.repeat(starts, over), begins[rows])
    stops = np.minimum(np.repeat(stops, over), begins[rows + 1])
    some = starts < stops
    return rows[some], starts[some], stops[some]


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
