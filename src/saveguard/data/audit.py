"""`saveguard.audit`: a data set of any size, held against what a model expects."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from saveguard.data import contracts, findings
from saveguard.data.engines import ENGINES, Engine
from saveguard.data.reading import Progress, Reading, Run, read
from saveguard.data.result import Audit, told
from saveguard.data.sources import source
from saveguard.data.summary import Summary
from saveguard.data.targets import Labels, targets
from saveguard.data.terms import Terms
from saveguard.facts import Trouble
from saveguard.rules import registry
from saveguard.wording import many

# Codes of what ends the reading of a file, wherever it stands.
_ENDS = {"SG577", "SG581", "SG589", "SG591"}
# What a worker may hold at a time: a batch as it is decoded, and what is computed of it.
_WORKER = 96 << 20
MEMORY = 512 << 20


def audit(
    data: Any,
    contract: Any = None,
    *,
    test: Any = None,
    engine: Engine = "local",
    workers: int | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    labels: Labels | None = None,
    classes: int | None = None,
    sample: float = 1.0,
    resume: str | os.PathLike[str] | None = None,
    memory: int = MEMORY,
    progress: Progress | None = None,
) -> Audit:
    """Look at a whole data set, and say what of it a model will not take, or not as it is meant.

    Ctrl-C ends it early: what was read by then is in the report, and what was not is told.

    Args:
        data: Paths, globs, addresses, arrays, or any iterable of batches.
        contract: A model, a saved model, a contract's line or `.json`; without one, the report
            has facts, and what hurts any model.
        test: Other data, of which no row may be among `data`.
        engine: `local` (threads), `processes`, or `ray`.
        workers: How many; by default as many as there are cores, and as `memory` allows.
        columns: For an input, the column that feeds it, where their names differ; or several
            columns, that are its values.
        labels: The column that has the labels; of a model of several outputs, for each by name.
        classes: How many classes there are, where the model does not say.
        sample: The share of the parts that is read.
        resume: A file, or a folder, that keeps what was read and goes on with it.
        memory: About how many bytes may be held at a time.
        progress: Called after each part with how far the audit is (`reading.Progress`).

    Raises:
        SaveguardError: If the contract is none (SG540), or the engine is not installed (SG741).
        ValueError: If it is not known which output the labels are for, or if there is no such
            engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine={engine!r}: there are {', '.join(map(repr, ENGINES))}")
    known = contracts.known(contract)
    given = {
        key: (one,) if isinstance(one, str) else tuple(one) for key, one in (columns or {}).items()
    }
    due = targets(known.outputs, labels, classes)
    terms = Terms(contract=known.contract, columns=given, targets=due)
    at_once = workers or 0 if engine == "ray" else _workers(workers, memory)
    run = Run(terms, engine, at_once, sample, progress)
    held = read(run, source(data), keyed=test is not None, resume=resume)
    other = None
    if test is not None and not held.stopped:
        other = read(run, source(test), known=held.summary.keys)
    return _report(terms, held, other)


def _workers(wanted: int | None, memory: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(wanted or cores or 1, memory // _WORKER))


def _report(terms: Terms, held: Reading, other: Reading | None) -> Audit:
    both = [held] if other is None else [held, other]
    found = [
        finding
        for one in both
        for finding in registry.notice("data", findings.facts(one.summary, one.terms, one.plan))
    ]
    inputs = {column: one.name for column, one in sorted(held.plan.inputs.items())}
    return Audit(
        subject=held.name,
        findings=tuple(dict.fromkeys(found)),
        read=tuple(line for one in both for line in _read(one)),
        not_read=tuple(line for one in both for line in _not_read(one)),
        summary=_without_keys(held.summary),
        test=None if other is None else _without_keys(other.summary),
        contract="" if terms.contract is None else str(terms.contract),
        inputs=inputs,
        stopped=any(one.stopped for one in both),
    )


def _without_keys(summary: Summary) -> Summary:
    return msgspec.structs.replace(summary, keys=None)


def _read(held: Reading) -> Iterator[str]:
    done, rows = held.summary.parts, held.summary.rows
    yield f"{done:,} of {many(held.parts, 'part')} of {held.name}, {many(rows, 'row')}"
    for name in sorted(held.summary.columns):
        yield told(name, held.summary.columns[name], held.summary.rows)
    if held.plan.inputs and held.plan.unused:
        yield "no input takes " + ", ".join(f"`{column}`" for column in held.plan.unused)


def _not_read(held: Reading) -> Iterator[str]:
    left = held.parts - held.asked
    if left:
        yield f"{left:,} of {many(held.parts, 'part')} of {held.name}, which the sample leaves out"
    if held.stopped:
        left = held.asked - held.summary.parts
        of = f"{left:,} of {many(held.parts, 'part')} of {held.name}"
        yield f"{of}: the audit was stopped (Ctrl-C)"
    if held.summary.keys and held.summary.keys.bound:
        share = held.summary.keys.bound / 2**64
        yield f"as to duplicates, all but {share:.1%} of the rows of {held.name}: too many to hold"
    for troubles in held.summary.troubles.values():
        lost = [one for one in troubles.first if _is_lost(one)]
        yield from (f"{one.file}{_place(one)}: {one.what}" for one in lost)
        if lost and troubles.count > len(troubles.first):
            yield f"{troubles.count - len(lost):,} more of {held.name} ({troubles.code})"


def _is_lost(one: Trouble) -> bool:
    """Whether something was not read, and it was not only odd."""
    return bool(one.rows) or one.code in _ENDS or one.row < 0


def _place(one: Trouble) -> str:
    if one.place or one.row < 0:
        return f", {one.place}" * bool(one.place)
    return f", row {one.row:,}" + " and all behind it" * (not one.rows)
