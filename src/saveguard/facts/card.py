"""What a page shows beside findings: facts, histograms and rows, of one input or one save."""

from __future__ import annotations

from typing import Literal

from saveguard.facts.frozen import Frozen


class Bar(Frozen, frozen=True):
    """One bar of a histogram.

    Attributes:
        low, high: The values that it stands for; `high` is not one of them, unless it is `low`.
        count: How many there are.
        kind: `out` for what a bound leaves out, `pad` for the padding value; empty: neither.
    """

    low: float
    high: float
    count: int
    kind: Literal["", "out", "pad"] = ""


class Mark(Frozen, frozen=True):
    """A value that a histogram is held against: a bound of the model, or its padding value."""

    value: float
    label: str
    kind: Literal["bound", "pad"] = "bound"


class Chart(Frozen, frozen=True):
    """A histogram.

    Attributes:
        title: What is counted; `axis` is what the values are.
        told: What it shows, in a sentence.
    """

    title: str
    axis: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...] = ()
    told: str = ""


class Card(Frozen, frozen=True):
    """One input, or one part of a receipt.

    Attributes:
        title: Its name; `told` is what it is.
        facts: Names and values.
        charts: Histograms.
        header, rows: A table: its columns, and its rows.
        codes: The findings that are about it.
    """

    title: str
    told: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    codes: tuple[str, ...] = ()
