"""Sequences one after the other in one array, which every form of them is read into."""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec
import numpy as np

from saveguard.errors import SaveguardError
from saveguard.finding import Finding, Report


class Flat(msgspec.Struct, frozen=True):
    """Sequences without padding.

    Attributes:
        values: The steps of all sequences in order, shape (steps, ...).
        lengths: Steps of each sequence, int64.
        starts: Where each sequence begins in `values`.
    """

    values: Any
    lengths: Any
    starts: Any


def flat(values: Any, lengths: Any) -> Flat:
    """Sequences that lie in `values` without a gap."""
    lengths = np.asarray(lengths, np.int64)
    starts = np.cumsum(lengths)
    starts -= lengths
    return Flat(np.ascontiguousarray(values), lengths, starts)


def take(held: Flat, rows: Any) -> Flat:
    """Some of the sequences; nothing is copied."""
    return Flat(held.values, held.lengths[rows], held.starts[rows])


def refuse(finding: Finding) -> NoReturn:
    """Stop with one finding."""
    raise SaveguardError(Report(subject="sequences", findings=(finding,)))


def row_of(held_lengths: Any, step: int) -> str:
    """The place of a step as a user would write it: `[3][17]`."""
    ends = np.cumsum(held_lengths)
    row = int(np.searchsorted(ends, step, side="right"))
    return f"[{row}][{step - int(ends[row] - held_lengths[row])}]"
