"""What one worker does, be it a thread, a process or a task of Ray: a part -> its summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from saveguard.data import keys, kinds
from saveguard.data import terms as asked
from saveguard.data.counting import Tallies
from saveguard.data.expected import Expected
from saveguard.data.keys import Keys
from saveguard.data.later import Later
from saveguard.data.notes import Notes, Stretch
from saveguard.data.scan import scan
from saveguard.data.source import Met, Part, Trouble
from saveguard.data.summary import Summary, troubled

if TYPE_CHECKING:
    import pyarrow as pa


class Work(msgspec.Struct, frozen=True):
    """What every part is asked.

    Attributes:
        source: It reads the parts.
        terms: What is asked.
        expected: What is due in each column; None: the first batch tells which columns there are.
        columns: The columns to read; None for all.
        planned: Which column feeds which input; None where only reading tells the columns.
        there: The columns that are known; None where no other can come, or the first batch tells.
        keyed: Whether the rows' keys are kept.
        known: Keys of another data set, among which rows are looked for.
    """

    source: Any
    terms: asked.Terms
    expected: Mapping[str, Expected] | None = None
    columns: tuple[str, ...] | None = None
    planned: asked.Plan | None = None
    there: tuple[str, ...] | None = None
    keyed: bool = False
    known: Keys | None = None


class Stopped(Exception):
    """The audit was stopped; what was read of this part is not kept."""


def go_on() -> bool:
    """Nobody has stopped the audit."""
    return False


def summarise(work: Work, number: int, part: Part, stopped: Callable[[], bool] = go_on) -> Summary:
    """The summary of a part.

    Args:
        number: Its number in the order of the source.
        stopped: Asked between batches.

    Raises:
        Stopped: If somebody has stopped the audit.
    """
    found, tallies = Summary(), Tallies()
    for piece in pieces(work, number, part, tallies):
        if stopped():
            raise Stopped
        found += piece
    return found + tallies.summary()


def pieces(
    work: Work, number: int, part: Part, tallies: Tallies | None = None
) -> Iterator[Summary]:
    """The summaries of a part's batches, and one that says that it was read from end to end.

    Args:
        tallies: Count what they are told not to (see `scan`).
    """
    row, later = 0, Later(work.terms, work.expected, work.there, once=not work.source.movable)
    for held in work.source.read(part, work.columns):
        if isinstance(held, Trouble):
            yield troubled(held)
            row += held.rows
            continue
        if isinstance(held, Met):
            yield from later.met(held, Stretch(part, number, 0))
            continue
        stretch = Stretch(part, number, row)
        yield from later.batch(held, stretch)
        yield scan(held, stretch, later.expected, tallies)
        if work.keyed or work.known:
            yield _keys(work, held, stretch)
        row += held.num_rows
    yield Summary(parts=1)


def _keys(work: Work, batch: pa.RecordBatch, stretch: Stretch) -> Summary:
    """The keys of a batch's rows, and which of them are known."""
    inputs = set(batch.schema.names) - {target.column for target in work.terms.targets}
    found, notes = keys.of(batch, sorted(inputs)), Notes(stretch)
    if work.known:
        notes.rows(kinds.DUPLICATE, np.flatnonzero(keys.known(found, work.known)))
    held = keys.kept(keys.different(found)) if work.keyed else None
    return Summary(keys=held, seen=notes.seen)
