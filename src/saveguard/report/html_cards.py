"""Cards on a page: facts, histograms as drawings, and tables."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.facts import Bar, Card, Chart, Mark

# About as wide as it is shown, so that its letters are as large as others.
_WIDTH, _HEIGHT, _BASE = 460, 168, 130
_CODE = re.compile(r"`([^`\n]+)`")


def coded(text: str) -> str:
    """Escaped text, with what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def section(cards: tuple[Card, ...]) -> str:
    """All cards, or nothing where there are none."""
    if not cards:
        return ""
    return f'<section id="cards"><h2>In detail</h2>{"".join(map(_card, cards))}</section>'


def _card(card: Card) -> str:
    chips = "".join(
        f'<button class="chip" data-code="{escape(code)}">{escape(code)}</button>'
        for code in card.codes
    )
    told = f'<p class="told">{coded(card.told)}</p>' if card.told else ""
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in card.facts
    )
    body = f'<dl class="facts">{facts}</dl>' if facts else ""
    charts = "".join(map(chart, card.charts))
    body += f'<div class="charts">{charts}</div>' if charts else ""
    return (
        f'<article class="card"><header><h3>{escape(card.title)}</h3>{chips}</header>'
        f"{told}{body}{_table(card)}</article>"
    )


def _table(card: Card) -> str:
    if not card.rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in card.header)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in card.rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def chart(chart: Chart) -> str:
    """A histogram as a drawing, with its numbers as a table for who cannot see it."""
    if not chart.bars:
        return ""
    low, high = chart.bars[0].low, max(chart.bars[-1].high, chart.bars[-1].low)
    for mark in chart.marks:
        low, high = min(low, mark.value), max(high, mark.value)
    span = (high - low) or 1.0
    most = max(bar.count for bar in chart.bars)
    bars = "".join(_bar(bar, low, span, most) for bar in chart.bars)
    marks = "".join(_mark(mark, low, span, index) for index, mark in enumerate(chart.marks))
    ticks = "".join(
        f'<text x="{_x(value, low, span):.1f}" y="{_BASE + 14}" text-anchor="{anchor}">'
        f"{_number(value)}</text>"
        for value, anchor in ((low, "start"), (_middle(low, high), "middle"), (high, "end"))
    )
    title = f"{chart.title}, {chart.axis} from {_number(low)} to {_number(high)}. {chart.told}"
    return (
        f'<figure><figcaption>{escape(chart.title)}</figcaption><svg viewBox="0 0 {_WIDTH} '
        f'{_HEIGHT}" role="img" aria-label="{escape(title)}"><line class="base" x1="0" y1="{_BASE}"'
        f' x2="{_WIDTH}" y2="{_BASE}"/>{bars}{marks}{ticks}<text class="axis" x="{_WIDTH / 2}"'
        f' y="{_HEIGHT - 4}" text-anchor="middle">{escape(chart.axis)}</text></svg>'
        f'<p class="caption">{escape(chart.told)}</p></figure>'
    )


def _bar(bar: Bar, low: float, span: float, most: int) -> str:
    left, right = _x(bar.low, low, span), _x(max(bar.high, bar.low), low, span)
    height = max(1.5, (_BASE - 22) * bar.count / most) if bar.count else 0.0
    kind = f" {bar.kind}" if bar.kind else ""
    upto = f" to {_number(bar.high)}" if bar.high > bar.low else ""
    return (
        f'<rect class="bar{kind}" x="{left:.2f}" y="{_BASE - height:.2f}"'
        f' width="{max(right - left - 0.6, 1.6):.2f}" height="{height:.2f}">'
        f"<title>{_number(bar.low)}{upto}: {bar.count:,}</title></rect>"
    )


def _mark(mark: Mark, low: float, span: float, index: int) -> str:
    x, y = _x(mark.value, low, span), 10 + 12 * (index % 2)
    anchor, shift = ("end", -4) if x > _WIDTH / 2 else ("start", 4)
    return (
        f'<line class="mark {mark.kind}" x1="{x:.1f}" y1="2" x2="{x:.1f}" y2="{_BASE}"/>'
        f'<text class="label {mark.kind}" x="{x + shift:.1f}" y="{y}" text-anchor="{anchor}">'
        f"{escape(mark.label)}</text>"
    )


def _x(value: float, low: float, span: float) -> float:
    return _WIDTH * (value - low) / span


def _middle(low: float, high: float) -> float:
    """A whole number between two of them that are not next to each other."""
    whole = low == int(low) and high == int(high) and high - low > 1
    return (low + high) // 2 if whole else (low + high) / 2


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e9 else f"{value:.4g}"
