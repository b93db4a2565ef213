"""A summary held against a contract: the facts that the rules' `data` sense reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from saveguard.contract import Contract, Input
from saveguard.data import kinds, types
from saveguard.data.summary import Column, Seen, Summary
from saveguard.data.terms import Plan, Terms, name
from saveguard.facts import BatchFacts, LeafFacts, Suspect

# What rules call what was seen; several kinds may show one root cause.
_SUSPECTS = {
    "not-finite": (kinds.NAN, kinds.INFINITE),
    "outside": (kinds.OUTSIDE,),
    "cast": (kinds.CAST,),
    "masked": (kinds.MASKED,),
    "scalar": (kinds.SCALAR,),
    "rank": (kinds.RANK,),
    "empty": (kinds.EMPTY,),
    "length": (kinds.LENGTH,),
    "null": (kinds.NULL, kinds.NULL_VALUE),
    "text": (kinds.TEXT,),
    "type": (kinds.OTHER,),
    "absent": (kinds.ABSENT,),
}
# What the same is called of labels: what does not fit is the loss's affair, and nothing pads them.
_OF_LABELS = {
    "rank": "target",
    "scalar": "target",
    "length": "target-length",
    "outside": "class",
    "empty": "",
    "masked": "",
}
_ANY = Contract(inputs=(), source="line")


def facts(summary: Summary, terms: Terms, plan: Plan) -> BatchFacts:
    """The facts of a data set, one leaf a column, with the input that each column feeds.

    The contract of the facts has those inputs in the leaves' order, so that a rule reads both side
    by side, as it does for a batch.
    """
    pairs = [*_pairs(summary, terms, plan)]
    source = terms.contract.source if terms.contract is not None else _ANY.source
    contract = Contract(inputs=tuple(one for _, one in pairs), structure=None, source=source)
    return BatchFacts(
        leaves=tuple(leaf for leaf, _ in pairs),
        structure="",
        expected="",
        contract=contract,
        troubles=tuple(summary.troubles[code] for code in sorted(summary.troubles)),
    )


def _pairs(summary: Summary, terms: Terms, plan: Plan) -> Iterator[tuple[LeafFacts, Input]]:
    targets = {target.column: target for target in terms.targets}
    for column in sorted(summary.columns):
        held = summary.columns[column]
        one = plan.inputs.get(column, Input(name=column, axes=None, dtype=""))
        if column in targets:
            one = targets[column].input
        suspects = [*_suspects(held, one, label=column in targets)]
        due = plan.expected.get(column)
        if due is not None and due.beside in summary.columns:
            suspects += _steps(held, summary.columns[due.beside], due.beside)
        yield leaf(column, held, summary.rows, tuple(suspects)), one
    if summary.parts and not summary.rows and not summary.columns and not summary.troubles:
        yield LeafFacts(path="data", kind="column"), Input(name="data", axes=None, dtype="")
    yield from _late(summary, plan)
    columns = {*summary.columns, *plan.expected, *plan.unused}
    there = ", ".join(f"`{column}`" for column in sorted(columns)) or "none"
    # Of data of which nothing could be read, that is what is told.
    for one in plan.missing if columns or not summary.troubles else ():
        yield LeafFacts(path=name(one), kind="missing", value=there), one
    for stranger in plan.unknown if columns or not summary.troubles else ():
        found = LeafFacts(path=stranger, kind="stranger", value=there)
        yield found, Input(name=stranger, axes=None, dtype="")
    if kinds.DUPLICATE in summary.seen:
        seen = suspect("duplicate", summary.seen[kinds.DUPLICATE])
        twice = LeafFacts(path="rows", kind="column", rows=summary.rows, suspects=(seen,))
        yield twice, Input(name="rows", axes=None, dtype="")


def _late(summary: Summary, plan: Plan) -> Iterator[tuple[LeafFacts, Input]]:
    """Columns that nobody knew of, and that feed nothing; of the others it is told what lacks."""
    for column, held in sorted(summary.late.items()):
        if held.first and column not in plan.expected:
            seen = suspect("late", Seen(held.rows, held.rows, held.first))
            found = LeafFacts(path=column, kind="late", rows=summary.rows, suspects=(seen,))
            yield found, Input(name=column, axes=None, dtype="")


def leaf(path: str, held: Column, rows: int, suspects: tuple[Suspect, ...]) -> LeafFacts:
    """A column as a leaf: its first type stands for its dtype."""
    dtype = min(held.types, default="", key=lambda kind: (-held.types[kind], kind))
    told = types.told(dtype)
    return LeafFacts(path=path, kind="column", dtype=told, rows=rows, suspects=suspects)


def _suspects(held: Column, one: Input, *, label: bool) -> Iterator[Suspect]:
    for kind, kinds_ in _SUSPECTS.items():
        found = _together(held.seen, kinds_)
        told = _OF_LABELS.get(kind, kind) if label else kind
        if found is not None and told:
            yield suspect(told, found)
    for kind, seen in sorted(held.seen.items()):
        if kind.startswith(kinds.FIRST):
            dtype = kind.removeprefix(kinds.FIRST)
            yield msgspec.structs.replace(suspect("first", seen), beside=dtype)
            continue
        told, axis = kinds.axis_of(kind)
        told = _OF_LABELS.get(told, told) if label else told
        if axis > 1 and told:
            yield msgspec.structs.replace(suspect(told, seen), axis=axis)
    if not label:
        yield from _padding(held, one)
    if _is_constant(held):
        value = repr(held.minimum)
        yield Suspect(kind="constant", place="", row=0, value=value, count=held.values)


def _is_constant(held: Column) -> bool:
    other = {kinds.NAN, kinds.INFINITE, kinds.NULL, kinds.NULL_VALUE} & held.seen.keys()
    same = held.minimum is not None and held.minimum == held.maximum
    same = same and (bool(held.lengths) or held.values == held.rows)  # the others are text
    return same and held.rows > 1 and not other


def _padding(held: Column, one: Input) -> Iterator[Suspect]:
    """What the padding value says; sequences of one length are taken to be padded already."""
    ragged = bool(held.lengths) and held.shortest[0] != held.longest[0]
    real = (kinds.LEADING, kinds.BETWEEN, kinds.TRAILING) if ragged else (kinds.BETWEEN,)
    found = _together(held.seen, real)
    if found is not None:
        yield suspect("padding", found)
    wrong = {"post": kinds.LEADING, "pre": kinds.TRAILING}.get(one.side, "")
    if not ragged and wrong in held.seen:
        yield suspect("side", held.seen[wrong])
    both = {kinds.LEADING, kinds.TRAILING} <= held.seen.keys()
    if not ragged and not one.side and both:
        # The rarer side is the one to look at; of a tie, what stands before the data.
        sides = sorted((kinds.LEADING, kinds.TRAILING), key=lambda kind: held.seen[kind].rows)
        rare, usual = (held.seen[kind] for kind in sides)
        value = f"{'before' if sides[0] == kinds.LEADING else 'after'} {usual.rows:,}"
        yield msgspec.structs.replace(suspect("sides", rare), value=value)


def _steps(held: Column, other: Column, name: str) -> Iterator[Suspect]:
    """Labels of other steps than the sequences have, where neither is padded already."""
    seen = held.seen.get(kinds.STEPS)
    if seen is None or _holds(held, other):
        return
    padded = {kinds.LEADING, kinds.TRAILING} & other.seen.keys()
    if not (padded and _holds(other, held)):
        yield msgspec.structs.replace(suspect("target-steps", seen), beside=name)


def _holds(one: Column, other: Column) -> bool:
    """Whether all rows of one have one length, in which each row of the other has room."""
    length = one.longest[0]
    return bool(length == one.shortest[0] and length >= other.longest[0] != other.shortest[0])


def _together(seen: Mapping[str, Seen], names: tuple[str, ...]) -> Seen | None:
    found = [seen[kind] for kind in names if kind in seen]
    return sum(found[1:], found[0]) if found else None


def suspect(kind: str, seen: Seen) -> Suspect:
    """What was seen, by the first place that shows it; further places are told as lines."""
    first = seen.first[0]
    lines = [f"{one.file}{one.place}" + f": {one.value}" * bool(one.value) for one in seen.first]
    return Suspect(
        kind=kind,
        place=first.place,
        row=first.row,
        value=first.value,
        count=seen.values,
        rows=seen.rows,
        file=first.file,
        seen=tuple(lines) if seen.rows > 1 else (),
    )
