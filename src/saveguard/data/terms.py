"""The terms on which data are looked at: which column is which input, and what is due in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from saveguard.contract import Contract, Input
from saveguard.data.expected import Expected
from saveguard.data.targets import Target

# What labels and weights are usually called: such a column is no input that nobody named.
_LABELS = {"y", "label", "labels", "target", "targets", "sample_weight"}
_KEY = re.compile(r"x\['(.+)'\]")


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an audit asks.

    Attributes:
        contract: What the model expects; None: only facts are wanted.
        columns: For an input, by name, the columns that it is made of, where somebody says.
        targets: What is said of the labels; of a model of several outputs, of each.
    """

    contract: Contract | None = None
    columns: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    targets: tuple[Target, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """Columns, and what is due in them.

    Attributes:
        expected: By column.
        inputs: The input that each column feeds.
        missing: Inputs that no column feeds, though the model needs them.
        unknown: Names that somebody gave and nothing has: inputs, or columns.
        unused: Columns that feed no input.
    """

    expected: Mapping[str, Expected]
    inputs: Mapping[str, Input]
    missing: tuple[Input, ...] = ()
    unknown: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def plan(terms: Terms, depths: Mapping[str, int], tables: Sequence[Collection[str]] = ()) -> Plan:
    """The plan for data with these columns.

    Args:
        depths: How many axes each column has behind its rows.
        tables: The columns that stand together. An input that no column is named for is looked
            for beside the labels.
    """
    expected: dict[str, Expected] = {}
    inputs: dict[str, Input] = {}
    contract = terms.contract
    for target in terms.targets:
        if _is_there(target, terms, depths):
            expected[target.column] = target.expected
    if contract is None:
        return Plan(expected, inputs, unknown=_strangers(terms, depths))
    missing, beside = [], _beside_labels(terms, tables) or depths
    for one in contract.inputs:
        columns = _columns(one, terms, depths, beside)
        if not columns and not one.optional:
            missing.append(one)
        for column in columns:
            inputs[column] = one
            expected[column] = of_input(one, alone=len(columns) == 1)
    for target in terms.targets:
        _beside(target, contract, inputs, expected)
    return Plan(
        expected,
        inputs,
        tuple(missing),
        _strangers(terms, depths),
        tuple(sorted(depths.keys() - expected.keys())),
    )


def last(column: str) -> str:
    """The last part of a dataset's or a feature's path: `tokens` of `train/tokens`."""
    return column.rpartition("/")[2]


def called(name: str, columns: Collection[str]) -> list[str]:
    """The columns whose path ends with a name."""
    return [column for column in columns if last(column) == name]


def resolved(terms: Terms, depths: Collection[str]) -> Terms:
    """The terms, with labels that are named by the last part of one path alone."""
    change = msgspec.structs.replace
    found = []
    for target in terms.targets:
        paths = [] if target.column in depths else called(target.column, depths)
        found.append(change(target, column=paths[0]) if len(paths) == 1 else target)
    return change(terms, targets=tuple(found))


def _beside(
    target: Target, contract: Contract, inputs: Mapping[str, Input], expected: dict[str, Expected]
) -> None:
    """Labels of each step are held against the column that has the steps."""
    place = target.follows
    if target.column not in expected or place is None or place >= len(contract.inputs):
        return
    columns = [name for name, fed in inputs.items() if fed == contract.inputs[place]]
    if len(columns) == 1:
        due = msgspec.structs.replace(expected[target.column], beside=columns[0])
        expected[target.column] = due


def of_input(one: Input, *, alone: bool) -> Expected:
    """What is due in a column of an input; one of several is one value of each row."""
    axes = one.axes[1:] if one.axes is not None and alone else None if alone else ()
    low, high = one.minimum, one.maximum
    if one.vocabulary is not None:
        low = 0 if low is None else max(low, 0)
        high = one.vocabulary - 1 if high is None else min(high, one.vocabulary - 1)
    return Expected(axes=axes, dtype=one.dtype, pad=one.pad, low=low, high=high)


def _is_there(target: Target, terms: Terms, depths: Mapping[str, int]) -> bool:
    """Whether the data have labels; a column that nobody named may be an input."""
    inputs = terms.contract.inputs if terms.contract else ()
    mine = target.named or target.column not in map(name, inputs)
    return mine and target.column in depths


def name(one: Input) -> str:
    """The name under which data would have an input."""
    key = _KEY.fullmatch(one.name)
    return key[1] if key else one.name


def _columns(
    one: Input, terms: Terms, depths: Mapping[str, int], beside: Collection[str]
) -> Sequence[str]:
    """The columns that feed an input: those that somebody says, the one of its name, or all."""
    for said in (one.name, name(one)):
        if said in terms.columns:
            return tuple(column for column in terms.columns[said] if column in depths)
    if name(one) in depths:
        return (name(one),)
    contract, free = terms.contract, [*_free(terms, beside)]
    if (named := called(name(one), free)) or contract is None or len(contract.inputs) > 1:
        return named if len(named) == 1 else ()
    free = [column for column in free if last(column) not in _LABELS] or free
    if len(free) == 1:
        return free
    plain = [column for column in free if depths[column] == 0]
    width = one.axes[1].size if one.axes is not None and len(one.axes) == 2 else None
    return plain if len(plain) == width else ()


def _beside_labels(terms: Terms, tables: Sequence[Collection[str]]) -> list[str]:
    """The columns of the tables that have labels; none where no table does."""
    labels = {target.column for target in terms.targets}
    held = [table for table in tables if labels & set(table)]
    return list(dict.fromkeys(column for table in held for column in table))


def _free(terms: Terms, columns: Collection[str]) -> Iterator[str]:
    taken = {column for columns in terms.columns.values() for column in columns}
    taken |= {target.column for target in terms.targets}
    yield from (column for column in columns if column not in taken)


def _strangers(terms: Terms, depths: Mapping[str, int]) -> tuple[str, ...]:
    """Columns and inputs that somebody names, and that are not there."""
    inputs = terms.contract.inputs if terms.contract else ()
    known = {said for one in inputs for said in (one.name, name(one))}
    columns = [column for some in terms.columns.values() for column in some]
    columns += [target.column for target in terms.targets if target.named]
    return tuple(
        dict.fromkeys(
            [said for said in terms.columns if said not in known]
            + [column for column in columns if column not in depths]
        )
    )
