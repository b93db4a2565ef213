"""What a change of contract breaks for data that fitted the older one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from saveguard.contract.parts import Axis, Input, number
from saveguard.contract.whole import Contract

_KINDS = {"string": "text", "bool": "truth values"}


class Change(msgspec.Struct, frozen=True):
    """One difference that breaks something.

    Attributes:
        place: The input: `x`, `x['tokens']`.
        what: What was, and what is.
        then: What comes of it for data that fitted before.
        certainty: `certain` where such data are refused or changed, `likely` where some are.
    """

    place: str
    what: str
    then: str
    certainty: Literal["certain", "likely"] = "certain"


def changes(older: Contract, newer: Contract) -> Iterator[Change]:
    """Every difference by which data for `older` do not do for `newer`, input by input.

    What only becomes wider (another size that will do, a larger vocabulary) is none.
    """
    before, after = dict(older.leaves()), dict(newer.leaves())
    for place in sorted(before.keys() - after.keys()):
        yield Change(place, f"{before[place]} is no longer an input", "data for it are refused")
    for place in sorted(after.keys() - before.keys()):
        if not after[place].optional:
            yield Change(place, f"{after[place]} is a new input", "data without it are refused")
    for place in sorted(before.keys() & after.keys()):
        yield from _input(place, before[place], after[place])


def _input(place: str, old: Input, new: Input) -> Iterator[Change]:
    if old.optional and not new.optional:
        yield Change(place, "it was optional and is needed", "data without it are refused")
    yield from _dtype(place, old, new)
    yield from _shape(place, old, new)
    yield from _values(place, old, new)
    yield from _padding(place, old, new)


def _dtype(place: str, old: Input, new: Input) -> Iterator[Change]:
    if not old.dtype or not new.dtype or old.dtype == new.dtype:
        return
    what = f"its dtype was {old.dtype} and is {new.dtype}"
    kinds = {_KINDS.get(one.dtype, "numbers") for one in (old, new)}
    if "text" in kinds and len(kinds) > 1:
        yield Change(place, what, f"{old.dtype} data are refused")
    elif not _holds(new.dtype, old.dtype):
        yield Change(place, what, "values are changed without a word where they do not fit")


def _holds(wide: str, narrow: str) -> bool:
    """Whether a dtype holds every value of another; of those that it does not know, it says no."""
    ranks = {"bool": 1, "float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
    for bits in (4, 8, 16, 32, 64):
        ranks |= {f"uint{bits}": bits, f"int{bits}": bits - 1}
    if wide not in ranks or narrow not in ranks:
        return False
    floats = "float" in wide, "float" in narrow
    if floats == (False, True) or {wide, narrow} == {"float16", "bfloat16"}:
        return False
    signed = narrow.startswith("int") and wide.startswith(("uint", "bool"))
    return not signed and ranks[wide] >= ranks[narrow] and wide != "bfloat16"


def _shape(place: str, old: Input, new: Input) -> Iterator[Change]:
    if new.axes is None or old.axes is None:
        return
    if len(old.axes) != len(new.axes):
        what = f"it had {len(old.axes)} axes and has {len(new.axes)}"
        yield Change(place, what, f"arrays of {len(old.axes)} axes are refused")
        return
    for index, (was, now) in enumerate(zip(old.axes, new.axes, strict=True)):
        if _within(was, now):
            continue
        never = was.size is not None and not now.takes(was.size)
        yield Change(
            place,
            f"axis {index} was `{was}` and is `{now}`",
            "such arrays are refused" if never else "arrays of another size are refused",
            "certain" if never else "likely",
        )


def _within(was: Axis, now: Axis) -> bool:
    """Whether every size that did will do."""
    if was.size is not None:
        return now.takes(was.size)
    if now.size is not None or (now.minimum or 0) > (was.minimum or 0):
        return False
    return now.maximum is None or (was.maximum is not None and was.maximum <= now.maximum)


def _values(place: str, old: Input, new: Input) -> Iterator[Change]:
    if new.vocabulary is not None and (old.vocabulary is None or old.vocabulary > new.vocabulary):
        was = "without a bound" if old.vocabulary is None else f"below {old.vocabulary}"
        yield Change(
            place,
            f"ids were {was} and are below {new.vocabulary}",
            "an id from there on is an error on the CPU, and another id's row or zeros elsewhere",
            "certain" if old.vocabulary is not None else "likely",
        )
    lower = new.minimum is not None and (old.minimum is None or old.minimum < new.minimum)
    upper = new.maximum is not None and (old.maximum is None or old.maximum > new.maximum)
    if lower or upper:
        was, now = (_range(one) for one in (old, new))
        what = f"values were {was} and are {now}"
        yield Change(place, what, "values outside are not what the model was made for", "likely")


def _range(one: Input) -> str:
    if one.minimum is None and one.maximum is None:
        return "without a range"
    low, high = ("" if v is None else number(v) for v in (one.minimum, one.maximum))
    return f"in {low}..{high}"


def _padding(place: str, old: Input, new: Input) -> Iterator[Change]:
    if old.pad is not None and new.pad is None:
        what = f"{number(old.pad)} marked padded steps, and nothing does now"
        yield Change(place, what, "padded steps are read as data")
    elif old.pad is None and new.pad is not None:
        what = f"{number(new.pad)} marks padded steps now"
        yield Change(place, what, "data that hold this value lose those steps", "likely")
    elif old.pad is not None and new.pad is not None and old.pad != new.pad:
        what = f"the padding value was {number(old.pad)} and is {number(new.pad)}"
        yield Change(place, what, "padded steps are read as data")
    if new.side and old.side != new.side:
        was = f"was {old.side}" if old.side else "could be either"
        what = f"the side of the padding {was} and is {new.side}"
        yield Change(place, what, "padded steps stand on the wrong side", "likely")
