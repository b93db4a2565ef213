"""A data set, part by part: planned, handed to an engine, and summed up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from saveguard.data import columns, engines
from saveguard.data.engines import Engine
from saveguard.data.keys import Keys
from saveguard.data.resume import Kept
from saveguard.data.sample import spread
from saveguard.data.source import Part, Source, Trouble
from saveguard.data.summary import Summary, troubled
from saveguard.data.terms import Plan, Terms, plan, resolved
from saveguard.data.work import Work


class Step(NamedTuple):
    """How far an audit is.

    Attributes:
        parts: How many are done, of `all_parts`.
        bytes: How many bytes they have, of `all_bytes`; 0 where the source does not know.
        rows: How many rows were read.
    """

    parts: int
    all_parts: int
    bytes: int
    all_bytes: int
    rows: int


Progress = Callable[[Step], None]


class Run(NamedTuple):
    """How data are to be read.

    Attributes:
        sample: The share of the parts.
        progress: Told of each part that is done.
    """

    terms: Terms
    engine: Engine = "local"
    workers: int = 1
    sample: float = 1.0
    progress: Progress | None = None


class Reading(NamedTuple):
    """What was read of a data set.

    Attributes:
        name: What the source is called.
        summary: Of all that was read.
        terms: What was asked, with the labels as these data call them.
        plan: Which column feeds which input.
        parts: How many parts there are.
        asked: How many of them were to be read.
        stopped: Whether somebody stopped it.
    """

    name: str
    summary: Summary
    terms: Terms
    plan: Plan
    parts: int
    asked: int
    stopped: bool = False


def read(
    run: Run,
    source: Source,
    *,
    keyed: bool = False,
    known: Keys | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> Reading:
    """The sum of all parts of a source.

    Args:
        keyed: Whether the rows' keys are wanted.
        known: Keys of another data set, among which rows are looked for.
        resume: Where finished parts are kept.
    """
    found, parts = _listed(source)
    chosen = spread(parts, run.sample)
    tables = columns.tables(source, *map(_bare, (parts, chosen))) if source.movable else ()
    there = columns.together(tables)
    terms = resolved(run.terms, there)
    work = _work(Work(source, terms, keyed=keyed, known=known), tables)
    if source.movable and not all(part.columns for _, part in chosen):
        work = msgspec.structs.replace(work, there=tuple(sorted(there)))
    # No worker asks what columns there are.
    chosen = [(number, msgspec.structs.replace(part, columns=())) for number, part in chosen]
    done, stopped = _summed(run, work, chosen, resume)
    if source.movable and not stopped:
        whole = _with_late(work, done, tables)
        if _asks_other(whole, work):
            late, (done, stopped) = done.late, _summed(run, whole, chosen, resume, again=True)
            done = msgspec.structs.replace(done, late=late)
        work = whole
    planned = work.planned or plan(terms, _met(done))
    return Reading(source.name, found + done, terms, planned, len(parts), len(chosen), stopped)


def _listed(source: Source) -> tuple[Summary, list[tuple[int, Part]]]:
    """What is wrong with a source before it is read, and its parts with their numbers."""
    found, parts = Summary(), list[tuple[int, Part]]()
    for number, one in enumerate(source.parts()):
        if isinstance(one, Trouble):
            found += troubled(one)
        else:
            parts.append((number, one))
    return found, parts


def _bare(parts: Sequence[tuple[int, Part]]) -> list[Part]:
    return [part for _, part in parts]


def _work(work: Work, tables: Sequence[dict[str, int]]) -> Work:
    """The work on a source; where its columns are known, only those that matter."""
    depths = columns.together(tables)
    if not depths:
        return work
    planned = plan(work.terms, depths, tables)
    expected = {name: one for name, one in planned.expected.items() if name in depths}
    wanted = _wanted(expected) if work.terms.contract and planned.inputs else None
    return msgspec.structs.replace(work, expected=expected, columns=wanted, planned=planned)


def _with_late(work: Work, done: Summary, tables: Sequence[dict[str, int]]) -> Work:
    """The work as it would be if all columns that were met had been known."""
    known = columns.together(tables)
    late = {name: axes for name, axes in _met(done).items() if name not in known}
    return _work(work, (*tables, known | late)) if late else work


def _asks_other(one: Work, other: Work) -> bool:
    """Whether what is due, or what is to be read, is not the same."""
    return (one.expected, one.columns) != (other.expected, other.columns)


def _wanted(names: Iterable[str]) -> tuple[str, ...]:
    """Columns, and the structs whose fields they may be."""
    parts = (name.split(".") for name in names)
    return tuple(sorted({".".join(one[:end]) for one in parts for end in range(1, len(one) + 1)}))


def _met(found: Summary) -> dict[str, int]:
    """The columns that were met, with their depths."""
    late = {name: one.axes for name, one in found.late.items()}
    return late | {name: len(column.lengths) for name, column in found.columns.items()}


def _summed(
    run: Run,
    work: Work,
    parts: Sequence[tuple[int, Part]],
    resume: str | os.PathLike[str] | None,
    *,
    again: bool = False,
) -> tuple[Summary, bool]:
    """The sum of the parts, and whether it was stopped before all were read.

    Args:
        again: Whether they were read before, when not all columns were known.
    """
    if resume is None:
        return _each(run, work, parts, None)
    with Kept(os.fspath(resume), work, again=again) as kept:
        return _each(run, work, parts, kept)


def _each(
    run: Run, work: Work, parts: Sequence[tuple[int, Part]], kept: Kept | None
) -> tuple[Summary, bool]:
    tally = _Tally(run.progress, parts)
    left = []
    for number, part in parts:
        held = kept.summary(number, part) if kept else None
        if held is None:
            left.append((number, part))
        else:
            tally.add(part, held)
    by_number = dict(left)
    try:
        for number, summary in engines.run(run.engine, work, left, run.workers):
            tally.add(by_number[number], summary)
            if kept and summary.parts and work.source.movable:
                kept.add(by_number[number], summary)
    except KeyboardInterrupt:
        return tally.found, True
    return tally.found, False


class _Tally:
    """What was read so far, told to whoever waits."""

    def __init__(self, progress: Progress | None, parts: Sequence[tuple[int, Part]]) -> None:
        self.found, self._progress = Summary(), progress
        self._parts, self._bytes = len(parts), sum(part.bytes for _, part in parts)
        self._done = 0

    def add(self, part: Part, summary: Summary) -> None:
        self.found += summary
        self._done += part.bytes if summary.parts else 0
        if self._progress:
            at = self.found
            self._progress(Step(at.parts, self._parts, self._done, self._bytes, at.rows))
