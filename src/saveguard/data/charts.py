"""Histograms of a column: how long its sequences are, and what its values are."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence

from saveguard.contract import Axis, Input
from saveguard.data.summary import Column, Counts
from saveguard.facts import Bar, Chart, Mark
from saveguard.sequences import widths
from saveguard.wording import many

_BARS = 48
# Of the values, what lies further out than this share on either side is in the outermost bars.
_TAIL = 0.001
# As many as `saveguard.bucket` makes, and a share of padding that is worth none.
_BUCKETS, _LITTLE = 16, 0.1


def charts(held: Column, one: Input | None) -> Iterator[Chart]:
    """The histograms of a column, beside what the input that it feeds takes."""
    if held.lengths and held.longest[0] > held.shortest[0]:
        yield _lengths(held, one)
    keys = [_within(held, low(key), high(key), count) for key, count in held.histogram]
    values = sorted(one for one in keys if abs(one[1]) < 3e38)
    if values:
        yield _values(held, values, one, None if one is None else one.pad)


def _within(held: Column, left: float, right: float, count: int) -> tuple[float, float, int]:
    """A range of values, without what lies beyond the largest and the smallest of all."""
    if held.minimum is None or held.maximum is None:
        return left, right, count
    end = held.maximum + 1 if isinstance(held.maximum, int) else held.maximum
    begin = max(left, float(held.minimum)) if held.minimum < right else left
    return begin, min(right, float(end)) if end > begin else right, count


def _lengths(held: Column, one: Input | None) -> Chart:
    """How long the sequences are, the bounds of the model, and what padding would waste."""
    counts, axis = held.lengths[0], one.axes[1] if one and one.axes and len(one.axes) > 1 else None
    top = axis.size or axis.maximum if axis is not None else None
    longest, fixed = max(held.longest[0], 1), axis is not None and axis.size is not None
    return Chart(
        title="Lengths",
        axis="steps",
        bars=_binned(
            [(n, n + 1, count) for n, count in counts], held.shortest[0], longest, top and top + 1
        ),
        marks=tuple(_bounds(axis, top)),
        told=" ".join(_waste(counts, held.steps[0], longest, top, fixed=fixed)),
    )


def _bounds(axis: Axis | None, top: int | None) -> Iterator[Mark]:
    if top:
        yield Mark(value=top, label=f"model takes {top:,}")
    if axis is not None and axis.minimum:
        yield Mark(value=axis.minimum, label=f"and no less than {axis.minimum:,}")


def _waste(
    counts: Counts, steps: int, longest: int, top: int | None, *, fixed: bool
) -> Iterator[str]:
    """What padding costs in one array, and in buckets of nearly equal lengths."""
    total = max(1, sum(count for _, count in counts))
    waste = 1 - steps / (longest * total)
    yield f"{many(total, 'sequence')}, {steps / total:.3g} steps on average."
    yield f"Padded to the longest, {longest:,}: {waste:.0%} of the steps are padding."
    over = sum(count for length, count in counts if top and length > top)
    if over:
        yield f"{over:,} {'is' if over == 1 else 'are'} longer than the model takes."
    if waste > _LITTLE and not fixed:
        yield _buckets(counts, steps, longest)


def _buckets(counts: Counts, steps: int, longest: int) -> str:
    """The widths that leave least of it. Long sequences are counted by ranges, as their longest."""
    ends: Counter[int] = Counter()
    for length, count in counts:
        ends[min(max(_end(length), 1), longest)] += count
    chosen = widths.of_counts(list(ends), list(ends.values()), _BUCKETS)
    padded = sum(count * next(w for w in chosen if w >= end) for end, count in ends.items())
    shown = ", ".join(f"{width:,}" for width in chosen)
    left = max(0.0, 1 - steps / padded)
    made = f"saveguard.bucket makes {many(len(chosen), 'width')} of them"
    return f"{made} ({shown}): {left:.0%} is padding."


def _end(length: int) -> int:
    """The longest that is counted as this length; shorter ones are counted one by one."""
    return length if length < 4096 else length + (1 << length.bit_length() - 5) - 1


def _values(
    held: Column, values: list[tuple[float, float, int]], one: Input | None, pad: float | None
) -> Chart:
    low, high = _middle(values)
    marks = [] if pad is None else [Mark(value=pad, label=f"padding {pad:g}", kind="pad")]
    top = one.vocabulary if one is not None else None
    if top is not None and top <= 4 * max(high, 1):
        marks.append(Mark(value=top, label=f"vocabulary {top:,}"))
    said = f"{many(held.sampled, 'value')} of a sample of the rows."
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
    values: Sequence[tuple[float, float, int]], low: float, high: float, out: float | None
) -> tuple[Bar, ...]:
    """Counts of narrow or wide ranges as bars of one width; what is outside goes to the ends.

    Args:
        out: The first value that the model does not take.
    """
    whole = all(float(left).is_integer() for left, *_ in values)
    width = max((high - low) / _BARS, 1.0 if whole and high - low <= _BARS else 0.0) or 1.0
    count = max(1, min(_BARS, int((high - low) / width) + 1))
    bars = [0.0] * count
    for left, right, held in values:
        first = min(max(int((left - low) / width), 0), count - 1)
        last = min(max(int((right - low) / width - 1e-9), first), count - 1)
        for index in range(first, last + 1):
            bars[index] += held / (last - first + 1)
    return tuple(
        Bar(
            low=low + index * width,
            high=low + (index + 1) * width,
            count=round(held),
            kind="out" if out is not None and held and low + (index + 1) * width > out else "",
        )
        for index, held in enumerate(bars)
    )


def _float(bits: int) -> float:
    return float(struct.unpack("<f", struct.pack("<I", bits))[0])


def low(key: int) -> float:
    """Where the values begin whose float32 has these first twelve bits."""
    return -high(key & 0x7FF) if key & 0x800 else _float(key << 20)


def high(key: int) -> float:
    """Where they end."""
    if key & 0x800:
        return -low(key & 0x7FF)
    return _float((key + 1) << 20) if key < 0x7F7 else float("inf")
