"""Sequences of unequal lengths -> values, mask, lengths; no number is changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, TypedDict

import msgspec
import numpy as np

from saveguard.contract import Contract
from saveguard.finding import Certainty, Finding, Report
from saveguard.rules import registry
from saveguard.sequences import sources
from saveguard.sequences import value as values
from saveguard.sequences.flat import Flat, refuse, row_of, take
from saveguard.sequences.padded import Padded
from saveguard.sequences.scatter import in_rows

Side = Literal["pre", "post"]


class Options(TypedDict, total=False):
    """How to pad; see `pad`."""

    value: Any
    side: Side
    max_length: int | None
    truncate: Side | None
    empty: Literal["raise", "drop", "keep"]
    dtype: Any
    accept: Collection[str]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Sequences that are ready to be padded: cut, without empties, with a value.

    Attributes:
        held: The sequences.
        rows: Which of the given ones they are.
        value: The padding value, of the data's dtype.
        findings: What was found on the way.
        told: What was done.
    """

    held: Flat
    rows: Any
    value: Any
    side: Side
    findings: tuple[Finding, ...]
    told: tuple[str, ...]


def pad(
    sequences: Any,
    *,
    value: Any = None,
    side: Side | None = None,
    max_length: int | None = None,
    truncate: Side | None = None,
    multiple_of: int = 1,
    empty: Literal["raise", "drop", "keep"] = "raise",
    dtype: Any = None,
    contract: Contract | None = None,
    accept: Collection[str] = (),
) -> Padded:
    """Pad sequences to one length.

    Args:
        sequences: Lists of lists, lists of arrays of any rank (steps are the first axis), ragged
            tensors, nested tensors, Arrow, awkward, list columns of pandas and polars.
        value: The padding value; None: 0 if no step has it, else another that none has. One that
            a step has is refused (SG604).
        side: Padding stands after the data (`post`, the default), or before them (`pre`).
        max_length: Longer sequences are refused, unless `truncate` says which end to cut.
        truncate: `pre` cuts the beginning of sequences longer than `max_length`, `post` their
            end; how much is counted in the report (SG622).
        multiple_of: The width is rounded up to a multiple of it.
        empty: Sequences without steps: `raise` (SG621), `drop` (see `Padded.rows`), or `keep`,
            fully masked.
        dtype: Another dtype than the data's; refused where it does not hold a value (SG541).
        contract: A contract of one input, that gives `value`, `side` and `max_length`.
        accept: Codes of findings that shall not stop it.

    Returns:
        Values of the data's dtype, shape (rows, width, ...), with the mask, the lengths, and a
        report.

    Raises:
        SaveguardError: Where a number would be changed or lost, or a row is no sequence; the
            finding names the row and the value.
    """
    options = Options(
        value=value,
        side=side or "post",
        max_length=max_length,
        truncate=truncate,
        empty=empty,
        dtype=dtype,
        accept=accept,
    )
    fixed = None if contract is None else _from_contract(contract, options, side)
    plan = prepare(sources.read(sequences), options)
    longest = fixed or max(int(plan.held.lengths.max(initial=1)), 1)
    return _written(plan, -(-longest // multiple_of) * multiple_of)


def _from_contract(contract: Contract, options: Options, side: Side | None) -> int | None:
    """Fill the options that were not given; the length that the contract fixes, if it does."""
    described = contract.inputs[0]
    axes = described.axes or ()
    if options["value"] is None:
        options["value"] = described.pad
    options["side"] = side or described.side or "post"
    if options["max_length"] is None and len(axes) > 1:
        options["max_length"] = axes[1].size or axes[1].maximum
    return axes[1].size if len(axes) > 1 else None


def prepare(held: Flat, options: Options) -> Plan:
    """Everything but the padding itself, each step with what it finds."""
    if not len(held.lengths):
        refuse(registry.module("SG602").no_sequences())
    held = as_dtype(held, options.get("dtype"))
    rows, findings = np.arange(len(held.lengths)), []
    if (held.lengths == 0).any():
        held, rows, found = _without_empties(held, options.get("empty", "raise"))
        findings.append(found)
    max_length, side = options.get("max_length"), options.get("side", "post")
    if max_length is not None and int(held.lengths.max(initial=0)) > max_length:
        held, found = _cut(held, max_length, options.get("truncate"))
        findings.append(found)
    value, collided = _value(held, options.get("value"))
    findings += [*collided, *([registry.module("SG620").chosen()] if side == "pre" else [])]
    for finding in findings:
        if finding.certainty == "certain" and finding.code not in options.get("accept", ()):
            refuse(finding)
    told = (f"{len(held.lengths):,} sequences, {int(held.lengths.sum()):,} steps",)
    return Plan(held=held, rows=rows, value=value, side=side, findings=tuple(findings), told=told)


def _written(plan: Plan, width: int) -> Padded:
    """The sequences of a plan in rows of `width` steps."""
    stands = "before" if plan.side == "pre" else "after"
    done = f"padded to {width:,} steps with {plan.value!s:.20} {stands} the data"
    return Padded(
        values=in_rows(plan.held, width, plan.value, plan.side),
        lengths=plan.held.lengths,
        rows=plan.rows,
        value=plan.value,
        side=plan.side,
        report=Report(subject="sequences", findings=plan.findings, read=(*plan.told, done)),
    )


def as_dtype(held: Flat, dtype: Any) -> Flat:
    """The sequences in another dtype; refused where it does not hold a value, but for rounding."""
    values = held.values
    if dtype is None or np.dtype(dtype) == values.dtype:
        return held
    with np.errstate(all="ignore"):
        cast = values.astype(dtype)
    rounding = cast.dtype.kind == "f" and values.dtype.kind == "f"
    lost = np.isfinite(values) & ~np.isfinite(cast) if rounding else values != cast
    if np.any(lost):
        at = np.unravel_index(int(np.flatnonzero(lost)[0]), values.shape)
        place = "sequences" + row_of(held.lengths, int(at[0]))
        _does_not_fit(place, repr(values[at].item()), values.dtype, cast.dtype)
    return msgspec.structs.replace(held, values=cast)


def in_dtype(value: Any, dtype: Any) -> Any:
    """A padding value in the dtype of the data; refused where that does not hold it."""
    if not values.fits(value, dtype):
        _does_not_fit("value", repr(value), type(value).__name__, dtype)
    return value if dtype.kind in "OUS" else np.asarray(value).astype(dtype)[()]


def _does_not_fit(place: str, value: str, given: Any, wanted: Any) -> None:
    refuse(registry.module("SG541").cast(place, value, str(given), str(wanted)))


def _without_empties(held: Flat, empty: str) -> tuple[Flat, Any, Finding]:
    rows = np.flatnonzero(held.lengths == 0)
    found = registry.module("SG621").found(rows[:5].tolist(), len(rows), empty)
    kept = np.flatnonzero(held.lengths) if empty == "drop" else np.arange(len(held.lengths))
    if not len(kept):
        refuse(registry.module("SG602").no_sequences())
    return (take(held, kept) if empty == "drop" else held), kept, found


def _cut(held: Flat, longest: int, truncate: Side | None) -> tuple[Flat, Finding]:
    long = np.flatnonzero(held.lengths > longest)
    lost = int((held.lengths[long] - longest).sum())
    found = registry.module("SG622").found(
        int(long[0]), int(held.lengths[long[0]]), len(long), lost, longest, truncate
    )
    lengths = np.minimum(held.lengths, longest)
    starts = held.starts + (held.lengths - lengths) if truncate == "pre" else held.starts
    return Flat(held.values, lengths, starts), found


def _value(held: Flat, value: Any) -> tuple[Any, list[Finding]]:
    """The padding value, and what is to be said of it; one that is chosen collides with none."""
    chosen = values.free(held)
    if value is None and chosen is not None:
        return chosen, []
    certainty: Certainty = "likely" if value is None else "certain"
    if value is None:
        value = next(values.candidates(held.values))
    value = in_dtype(value, held.values.dtype)
    count, first = values.taken(held, value)
    if not count:
        return value, []
    place, free = "sequences" + row_of(held.lengths, first), "" if chosen is None else str(chosen)
    collision = registry.module("SG604").collision
    return value, [collision(str(value), count, place, free, certainty)]
