"""Which values a dtype holds, so that a cast to it does not change them."""

from __future__ import annotations

from typing import NamedTuple

# Whole numbers that a float type holds one by one, and the largest number that it holds at all.
_EXACT = {"bfloat16": 2**8, "float16": 2**11, "float32": 2**24, "float64": 2**53}
_LARGEST = {"bfloat16": 3.3895314e38, "float16": 65504.0, "float32": 3.4028234663852886e38}
_WIDTHS = {"bfloat16": 16, "float16": 16, "float32": 32, "float64": 64}


class Limits(NamedTuple):
    """Bounds of the values that a cast leaves as they are.

    Attributes:
        low, high: Both among them.
        whole: Whether only whole numbers are.
    """

    low: float
    high: float
    whole: bool = False


def limits(given: str, wanted: str) -> Limits | None:
    """The limits of a cast between dtypes; None where it changes no value but by rounding.

    Args:
        given: The dtype of the data, by NumPy's name.
        wanted: The dtype of the input.
    """
    floating = given in _WIDTHS
    if "int" in wanted and (floating or "int" in given) and given != wanted:
        bits = int(wanted.lstrip("uint"))
        signed = not wanted.startswith("u")
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
        return Limits(low, high, whole=floating)
    if wanted in _EXACT and "int" in given:
        return Limits(-_EXACT[wanted], _EXACT[wanted])
    if floating and wanted in _LARGEST and _WIDTHS[given] > _WIDTHS[wanted]:
        return Limits(-_LARGEST[wanted], _LARGEST[wanted])
    return None
