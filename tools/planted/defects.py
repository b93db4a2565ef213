"""What is planted: each defect with its rows, the forms that can hold it, and what must be told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

from tools.planted import worlds
from tools.planted.worlds import World

PLACES = (7, 23, 41)
# What a form can hold: sequences of unequal lengths, nulls, nulls within rows, and rows of several
# types; rows of one length alone; and each of these in one value a cell.
RAGGED, NULLS, GAPS, TYPES, ARRAYS = "ragged", "nulls", "gaps", "types", "arrays"
CELLS = "cells"


class Defect(NamedTuple):
    """One way in which data go wrong.

    Attributes:
        name: What is planted.
        plant: Changes the clean data.
        code: The code that must be told, and no other; in one case two.
        kind: What the summary calls it, and in which column.
        needs: What a form must be able to hold for it.
        rows: The planted rows.
        base: The clean data: `ragged` or `padded`.
        steps: Whether it is seen only where a row has its steps side by side.
    """

    name: str
    plant: Callable[[World], None]
    code: str
    kind: str
    column: str
    needs: tuple[str, ...] = ()
    rows: tuple[int, ...] = PLACES
    base: str = worlds.RAGGED
    steps: bool = False


def planted(defect: Defect, seed: int = 0) -> World:
    """The clean data of a defect, with it."""
    world = copy.deepcopy(clean(defect.base, seed))
    defect.plant(world)
    return world


def clean(base: str, seed: int = 0) -> World:
    """The clean twin."""
    return worlds.ragged(seed) if base == worlds.RAGGED else worlds.padded(seed)


def _set(column: str, value: Any) -> Callable[[World], None]:
    """Another row in the planted places; a function makes it of the one that is there."""

    def plant(world: World) -> None:
        for row in PLACES:
            world[column][row] = value(world[column][row]) if callable(value) else value

    return plant


def _at(column: str, step: int, value: Any) -> Callable[[World], None]:
    """Another value within the planted rows."""

    def plant(world: World) -> None:
        for row in PLACES:
            world[column][row] = list(world[column][row])
            world[column][row][step] = value

    return plant


def _whole(column: str, value: Any) -> Callable[[World], None]:
    def plant(world: World) -> None:
        world[column] = [value] * len(world[column])

    return plant


def _fall_left(world: World) -> None:
    for row in PLACES:
        tokens = [token for token in world["tokens"][row] if token][: worlds.STEPS - 3]
        world["tokens"][row] = [0] * (worlds.STEPS - len(tokens)) + tokens


_ALL = tuple(range(worlds.ROWS))

DEFECTS = (
    Defect("a null row", _set("tokens", None), "SG560", "null", "tokens", (RAGGED, NULLS)),
    Defect("a null label", _set("y", None), "SG560", "null", "y", (NULLS,)),
    Defect(
        "a null in a sequence", _at("tokens", 1, None), "SG560", "null-value", "tokens", (GAPS,)
    ),
    Defect("labels of two values", _set("y", [0, 1]), "SG506", "length", "y", (TYPES,)),
    Defect("NaN", _at("x", 1, float("nan")), "SG543", "nan", "x"),
    Defect("infinity", _at("x", 0, float("inf")), "SG543", "infinite", "x"),
    Defect("minus infinity", _at("x", 3, float("-inf")), "SG543", "infinite", "x"),
    Defect("a value for a sequence", _set("tokens", 5), "SG601", "scalar", "tokens", (TYPES,)),
    Defect("an empty sequence", _set("tokens", []), "SG621", "empty", "tokens", (RAGGED,)),
    Defect("too long", _set("tokens", [3] * 21), "SG503", "length", "tokens", (RAGGED,)),
    Defect("too few values", _set("x", [0.5] * 3), "SG503", "length", "x", (RAGGED,)),
    Defect("too many values", _set("x", [0.5] * 5), "SG503", "length", "x", (RAGGED,)),
    Defect(
        "an axis too many", _set("x", [[0.5] * 2] * 4), "SG503", "length on axis 2", "x", (TYPES,)
    ),
    Defect("two axes too many", _set("x", [[[0.5] * 4] * 2] * 2), "SG502", "rank", "x", (TYPES,)),
    Defect("text for numbers", _set("tokens", ["a", "b"]), "SG541", "text", "tokens", (TYPES,)),
    Defect("fractions for ids", _at("tokens", 2, 0.7), "SG541", "cast", "tokens"),
    Defect("numbers too large", _at("tokens", 2, 2**40), "SG541 SG542", "cast", "tokens"),
    Defect("ids of no vocabulary", _at("tokens", 1, 100), "SG542", "outside", "tokens"),
    Defect("negative ids", _at("tokens", 1, -1), "SG542", "outside", "tokens"),
    Defect("0 to 255 for 0 to 1", _at("x", 2, 200.0), "SG542", "outside", "x"),
    Defect("a label out of range", _set("y", worlds.CLASSES), "SG508", "outside", "y"),
    Defect("a negative label", _set("y", -1), "SG508", "outside", "y"),
    Defect("a constant column", _whole("x", [0.5] * 4), "SG561", "", "x", (), _ALL),
    Defect(
        "the padding value among ids", _at("tokens", 1, 0), "SG604", "between", "tokens", steps=True
    ),
    Defect(
        "rows of padding alone",
        _set("tokens", [0] * worlds.STEPS),
        "SG605",
        "masked",
        "tokens",
        base=worlds.PADDED,
        steps=True,
    ),
    Defect(
        "padded before among behind",
        _fall_left,
        "SG620",
        "leading",
        "tokens",
        base=worlds.PADDED,
        steps=True,
    ),
)
