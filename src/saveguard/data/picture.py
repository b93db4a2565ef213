"""What a page shows of a data set: a card for each column, with histograms and the first rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from saveguard.contract import Contract, Input
from saveguard.data import kinds
from saveguard.data.result import Audit, told
from saveguard.data.summary import Column
from saveguard.data.terms import name
from saveguard.facts import Bar, Card, Chart, Mark

_BARS = 48
# Of the values, what lies further out than this share on either side is in the outermost bars.
_TAIL = 0.001
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
    """A card for each column of an audit, in the order of their names."""
    inputs = _inputs(audit)
    found = [
        _card(column, held, audit, inputs.get(audit.inputs.get(column, column)))
        for column, held in sorted(audit.summary.columns.items())
    ]
    return tuple(found)


def _inputs(audit: Audit) -> dict[str, Input]:
    if not audit.contract:
        return {}
    contract = Contract.parse(audit.contract)
    return {said: one for one in contract.inputs for said in (one.name, name(one))}


def _card(column: str, held: Column, audit: Audit, one: Input | None) -> Card:
    rows = tuple(_rows(held))
    codes = dict.fromkeys(f.code for f in audit.findings if _is_about(f.where, column))
    facts = [("rows", f"{held.rows:,}"), ("values", f"{held.values:,}")]
    if held.minimum is not None:
        facts.append(("range", f"{held.minimum:g} to {held.maximum:g}"))
    return Card(
        title=column,
        told=f"feeds {one}" if one else told(column, held, audit.summary.rows),
        facts=tuple(facts),
        charts=tuple(_charts(held, one)),
        header=("what was seen", "rows", "values", "first places") if rows else (),
        rows=rows,
        codes=tuple(codes),
    )


def _is_about(where: str, column: str) -> bool:
    return where == column or where.startswith((f"{column}[", f"{column},")) or column in where


def _rows(held: Column) -> Iterator[tuple[str, ...]]:
    for kind, seen in sorted(held.seen.items(), key=lambda item: -item[1].rows):
        places = ", ".join(f"{one.file}{one.place}" for one in seen.first)
        yield _WORDS.get(kind, kind), f"{seen.rows:,}", f"{seen.values:,}", places


def _charts(held: Column, one: Input | None) -> Iterator[Chart]:
    if held.lengths and held.longest[0] > held.shortest[0]:
        yield _lengths(held, one)
    values = [(_low(key), _high(key), count) for key, count in held.histogram]
    values = sorted((low, high, count) for low, high, count in values if abs(high) < 3e38)
    if values and one is not None and one.pad is not None:
        yield _values(held, values, one, one.pad)
    elif values:
        yield _values(held, values, one, None)


def _lengths(held: Column, one: Input | None) -> Chart:
    """How long the sequences are, the bounds of the model, and what padding would waste."""
    counts, axis = held.lengths[0], one.axes[1] if one and one.axes and len(one.axes) > 1 else None
    top = axis.size or axis.maximum if axis is not None else None
    marks = [Mark(value=top, label=f"model takes {top:,}")] if top else []
    low = axis.minimum if axis is not None else None
    marks += [Mark(value=low, label=f"and no less than {low:,}")] if low else []
    total, longest = sum(count for _, count in counts), max(held.longest[0], 1)
    waste = 1 - held.steps[0] / (longest * max(1, total))
    mean = held.steps[0] / max(1, total)
    said = f"{total:,} sequences, {mean:.3g} steps on average."
    said += f" Padded to the longest, {longest:,}: {waste:.0%} of the steps are padding."
    if top and longest > top:
        over = sum(count for length, count in counts if length > top)
        said += f" {over:,} are longer than the model takes."
    return Chart(
        title="Lengths",
        axis="steps",
        bars=_binned([(n, n + 1, count) for n, count in counts], held.shortest[0], longest, top),
        marks=tuple(marks),
        told=said,
    )


def _values(
    held: Column, values: list[tuple[float, float, int]], one: Input | None, pad: float | None
) -> Chart:
    low, high = _middle(values)
    marks = [] if pad is None else [Mark(value=pad, label=f"padding {pad:g}", kind="pad")]
    top = one.vocabulary if one is not None else None
    if top is not None and top <= 4 * max(high, 1):
        marks.append(Mark(value=top, label=f"vocabulary {top:,}"))
    said = f"{held.sampled:,} values of a sample of the rows."
    if pad is not None:
        share = sum(c for a, b, c in values if a <= pad < b or a == pad) / max(1, held.sampled)
        said += f" {share:.1%} of them are at the padding value."
    bars = _binned(values, low, high, top)
    return Chart(title="Values", axis="value", bars=bars, marks=tuple(marks), told=said)


def _middle(values: list[tuple[float, float, int]]) -> tuple[float, float]:
    """The range of the values without the outermost of them."""
    total, below, low = sum(count for *_, count in values), 0, values[0][0]
    for left, right, count in values:
        if below <= total * _TAIL:
            low = left
        below += count
        if below >= total * (1 - _TAIL):
            return low, max(right, low)
    return low, values[-1][1]


def _binned(
    values: Sequence[tuple[float, float, int]], low: float, high: float, top: float | None
) -> tuple[Bar, ...]:
    """Counts of narrow or wide ranges as bars of one width; what is outside goes to the ends."""
    whole = all(float(left).is_integer() for left, *_ in values)
    width = max((high - low) / _BARS, 1.0 if whole and high - low <= _BARS else 0.0) or 1.0
    count = max(1, min(_BARS, int((high - low) / width) + 1))
    bars = [0.0] * count
    for left, right, many in values:
        first = min(max(int((left - low) / width), 0), count - 1)
        last = min(max(int((right - low) / width - 1e-9), first), count - 1)
        for index in range(first, last + 1):
            bars[index] += many / (last - first + 1)
    return tuple(
        Bar(
            low=low + index * width,
            high=low + (index + 1) * width,
            count=round(many),
            kind="out" if top is not None and low + index * width >= top + (width <= 1) else "",
        )
        for index, many in enumerate(bars)
    )


def _float(bits: int) -> float:
    return float(struct.unpack("<f", struct.pack("<I", bits))[0])


def _low(key: int) -> float:
    """Where the values begin whose float32 has these first twelve bits."""
    return -_high(key & 0x7FF) if key & 0x800 else _float(key << 20)


def _high(key: int) -> float:
    if key & 0x800:
        return -_low(key & 0x7FF)
    return _float((key + 1) << 20) if key < 0x7F7 else float("inf")
