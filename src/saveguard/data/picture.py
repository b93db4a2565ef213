"""What a page shows of a data set: a card for each column, with histograms and the first rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from saveguard.contract import Contract, Input
from saveguard.data import charts, kinds
from saveguard.data.result import Audit, told
from saveguard.data.summary import Column, Summary
from saveguard.data.terms import name
from saveguard.facts import Card

# Rows that show most, of the first places of each kind.
_WORST = 12
_WORDS = {
    kinds.NULL: "null rows",
    kinds.NULL_VALUE: "nulls among the values",
    kinds.SCALAR: "values where sequences are due",
    kinds.RANK: "too many or too few axes",
    kinds.EMPTY: "empty sequences",
    kinds.LENGTH: "lengths that the model does not take",
    kinds.NAN: "NaN",
    kinds.INFINITE: "infinite values",
    kinds.OUTSIDE: "outside of the vocabulary or the range",
    kinds.CAST: "changed by the cast to the input's dtype",
    kinds.LEADING: "padding before the data",
    kinds.BETWEEN: "the padding value between real steps",
    kinds.TRAILING: "padding behind the data",
    kinds.MASKED: "nothing but padding",
    kinds.TEXT: "text where numbers are due",
    kinds.OTHER: "a type that is no number",
    kinds.ABSENT: "the column is not there",
    kinds.DUPLICATE: "rows that are in the other data, too",
}


def cards(audit: Audit) -> tuple[Card, ...]:
    """The rows to look at first, and a card for each column; then those of the test data."""
    inputs, found = _inputs(audit), []
    for summary, of in ((audit.summary, ""), (audit.test, ", test data")):
        if summary is None:
            continue
        columns = {name: held for name, held in sorted(summary.columns.items()) if held.rows}
        found += _worst(columns, summary, of)
        for column, held in columns.items():
            one = inputs.get(audit.inputs.get(column, column))
            found.append(_card(f"{column}{of}", column, held, audit, one))
    return tuple(found)


def _worst(columns: Mapping[str, Column], summary: Summary, of: str) -> list[Card]:
    """Rows that show several things, the most first; none where no row shows more than one."""
    shown: dict[tuple[str, int, str], list[str]] = {}
    everywhere = [("", summary.seen), *((name, held.seen) for name, held in columns.items())]
    for column, seen in everywhere:
        for kind, held in sorted(seen.items()):
            for one in held.first:
                value = f" ({one.value})" if one.value else ""
                what = f"{column}: {words(kind)}{value}" if column else words(kind)
                shown.setdefault((one.file, one.row, one.within), []).append(what)
    worst = sorted(shown.items(), key=lambda item: -len(item[1]))[:_WORST]
    if not worst or len(worst[0][1]) < 2:
        return []
    rows = tuple(
        (f"{file}[{row}]{' of ' * bool(within)}{within}", "; ".join(what))
        for (file, row, within), what in worst
    )
    told = "of the first places of everything that was seen, the rows that show most"
    return [Card(title=f"Worst rows{of}", told=told, header=("row", "what was seen"), rows=rows)]


def words(kind: str) -> str:
    """What was seen, in words."""
    name, axis = kinds.axis_of(kind)
    return _WORDS.get(name, name) + (f", on axis {axis}" if axis > 1 else "")


def _inputs(audit: Audit) -> dict[str, Input]:
    if not audit.contract:
        return {}
    contract = Contract.parse(audit.contract)
    return {said: one for one in contract.inputs for said in (one.name, name(one))}


def _card(title: str, column: str, held: Column, audit: Audit, one: Input | None) -> Card:
    rows = tuple(_rows(held))
    files = {place.file for seen in held.seen.values() for place in seen.first}
    about = (f for f in audit.findings if _is_about(f.where, column))
    codes = dict.fromkeys(f.code for f in about if not f.file or f.file in files)
    facts = [("rows", f"{held.rows:,}"), ("values", f"{held.values:,}")]
    if held.minimum is not None:
        facts.append(("range", f"{held.minimum:g} to {held.maximum:g}"))
    return Card(
        title=title,
        told=f"feeds `{one}`" if one else told(column, held, held.rows),
        facts=tuple(facts),
        charts=tuple(charts.charts(held, one)),
        header=("what was seen", "rows", "values", "first places") if rows else (),
        rows=rows,
        codes=tuple(codes),
    )


def _is_about(where: str, column: str) -> bool:
    return where == column or where.startswith((f"{column}[", f"{column},"))


def _rows(held: Column) -> Iterator[tuple[str, ...]]:
    for kind, seen in sorted(held.seen.items(), key=lambda item: -item[1].rows):
        places = ", ".join(f"{one.file}{one.place}" for one in seen.first)
        yield words(kind), f"{seen.rows:,}", f"{seen.values:,}", places
