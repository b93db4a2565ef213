"""Rows of a data set as a model takes them, and which of them an audit would name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from saveguard.contract import Contract, Input
from saveguard.data import kinds
from saveguard.data.columns import depths, together
from saveguard.data.notes import Stretch
from saveguard.data.scan import scan
from saveguard.data.source import Met, Source, Trouble
from saveguard.data.targets import Target
from saveguard.data.terms import Plan, Terms, plan, resolved

if TYPE_CHECKING:
    import pyarrow as pa

# No array holds such a row, so no model can be fed with it.
_UNFED = {kinds.NULL, kinds.SCALAR, kinds.RANK, kinds.TEXT, kinds.OTHER, kinds.ABSENT}
_NAMED = _UNFED | {
    kinds.NULL_VALUE,
    kinds.EMPTY,
    kinds.LENGTH,
    kinds.NAN,
    kinds.INFINITE,
    kinds.OUTSIDE,
    kinds.CAST,
    kinds.MASKED,
    kinds.STEPS,
}


class Rows(NamedTuple):
    """Rows that a model can be fed with.

    Attributes:
        inputs: Arrays, held as the contract says.
        targets: The labels; of `rows` by output.
        bad: Which rows an audit would name.
        kinds: How many rows show what, those that cannot be fed included.
        unfed: How many rows no model can be fed with.
    """

    inputs: Any
    targets: Any
    bad: np.ndarray[Any, Any]
    kinds: Mapping[str, int]
    unfed: int


def rows(source: Source, terms: Terms, limit: int) -> Rows:
    """The first rows of a data set, at most `limit` of them.

    Raises:
        ValueError: If the terms have no contract or no labels, or a column for one is missing.
    """
    contract = terms.contract
    if contract is None or not terms.targets:
        raise ValueError("the impact needs a model (--contract) and its labels (--labels)")
    found: dict[str, list[Any]] = {}
    shown: list[set[str]] = []
    held = [*_batches(source, limit)]
    there = together([depths(batch.schema) for batch, _ in held])
    terms = resolved(terms, there)
    labels = [target.column for target in terms.targets]
    planned = _complete(plan(terms, there), labels, there)
    for batch, stretch in held:
        flags = _flags(batch, stretch, planned)
        shown += flags
        fed = np.flatnonzero([not flag & _UNFED for flag in flags])
        for name in {*planned.inputs, *labels} & {*batch.schema.names}:
            found.setdefault(name, []).extend(batch.column(name).take(fed).to_pylist())
    if any(_padded(target.column, planned, found) for target in terms.targets):
        shown = [flag - {kinds.STEPS} for flag in shown]
    leaves = [_leaf(one, planned, found) for one in contract.inputs]
    return Rows(
        inputs=_placed(contract, leaves),
        targets={
            one.output: _labels(one, contract, found[one.column], leaves) for one in terms.targets
        },
        bad=np.array([bool(flag) for flag in shown if not flag & _UNFED], dtype=bool),
        kinds=dict(Counter(kind for flag in shown for kind in flag)),
        unfed=sum(bool(flag & _UNFED) for flag in shown),
    )


def _batches(source: Source, limit: int) -> Iterator[tuple[pa.RecordBatch, Stretch]]:
    left, number = limit, 0
    for number, part in enumerate(source.parts()):
        if isinstance(part, Trouble):
            continue
        row = 0
        for batch in source.read(part, None):
            if isinstance(batch, Met):
                continue
            if isinstance(batch, Trouble):
                row += batch.rows
                continue
            yield batch.slice(0, left), Stretch(part, number, row)
            row, left = row + batch.num_rows, left - batch.num_rows
            if left <= 0:
                return


def _complete(planned: Plan, labels: Sequence[str], there: Mapping[str, int]) -> Plan:
    if not there:
        raise ValueError("the data have no rows")
    lacking = [one.name for one in planned.missing]
    lacking += [label for label in labels if label not in there]
    if lacking:
        raise ValueError(f"no column of the data feeds {', '.join(map(repr, lacking))}")
    return planned


def _flags(batch: pa.RecordBatch, stretch: Stretch, planned: Plan) -> list[set[str]]:
    """What an audit names of each row; each is scanned as there, alone."""
    flags = []
    for row in range(batch.num_rows):
        one = scan(batch.slice(row, 1), stretch, planned.expected)
        seen = {kind for column in one.columns.values() for kind in column.seen}
        flags.append({kinds.axis_of(kind)[0] for kind in seen} & _NAMED)
    return flags


def _padded(label: str, planned: Plan, found: Mapping[str, list[Any]]) -> bool:
    """Whether labels of each step, or the steps, are padded already, and the others are not."""
    due = planned.expected.get(label)
    if due is None or not due.beside:
        return False
    one, other = ({len(row) for row in found[name]} for name in (label, due.beside))
    return any(len(a) == 1 < len(b) and max(a) >= max(b) for a, b in ((one, other), (other, one)))


def _leaf(one: Input, planned: Plan, found: Mapping[str, list[Any]]) -> Any:
    columns = [name for name, fed in planned.inputs.items() if fed == one]
    held = [array(found[name], one) for name in columns]
    if not held:
        return None  # an input that the model can be called without
    return held[0] if len(held) == 1 else np.stack(held, axis=1)


def _labels(
    target: Target, contract: Contract, values: Sequence[Any], leaves: Sequence[Any]
) -> np.ndarray[Any, Any]:
    """The labels as an array; those of steps are padded as the steps are."""
    if target.follows is None:
        return np.asarray(values)
    side = contract.inputs[target.follows].side
    one = msgspec.structs.replace(target.input, pad=target.ignored, side=side)
    return array(values, one, leaves[target.follows].shape[1])


def array(values: Sequence[Any], one: Input, steps: int | None = None) -> np.ndarray[Any, Any]:
    """Rows as one array of the input's dtype; sequences are padded, and cut at its bound.

    Args:
        steps: How many steps all have; None: as the input says, or as the longest has.
    """
    dtype = np.dtype(one.dtype or "float32")
    with np.errstate(invalid="ignore"):
        held = [_cast(value, dtype) for value in values]
    if not held or held[0].ndim == 0:
        return np.asarray(held, dtype)
    axis = one.axes[1] if one.axes and len(one.axes) > 1 else None
    longest = max(len(row) for row in held)
    bound = axis.size or min(axis.maximum or longest, longest) if axis else longest
    bound = steps or bound
    rest = next((row.shape[1:] for row in held if row.size), ())
    found = np.full((len(held), bound, *rest), one.pad or 0, dtype)
    for index, row in enumerate(held):
        steps = min(len(row), bound)
        if steps and row.shape[1:] == rest:
            place = slice(bound - steps, None) if one.side == "pre" else slice(steps)
            found[index, place] = row[:steps]
    return found


def _cast(value: Any, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    held = np.asarray(value)
    if held.dtype == object:  # a null among the numbers
        held = np.array([np.nan if part is None else part for part in value], dtype="float64")
    return held.astype(dtype)


def _placed(contract: Contract, leaves: list[Any]) -> Any:
    def place(structure: Any) -> Any:
        if isinstance(structure, dict):
            return {key: place(part) for key, part in structure.items()}
        if isinstance(structure, list):
            return [place(part) for part in structure]
        return None if structure is None else leaves[structure]

    return place(contract.structure)
