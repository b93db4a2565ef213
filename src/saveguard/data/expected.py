"""What is expected of one column: the part of a contract that a pass over the data looks for."""

from __future__ import annotations

import msgspec

from saveguard.contract import Axis


class Expected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is expected of a column.

    Attributes:
        axes: The axes behind the rows; None where any number will do.
        dtype: What the values are cast to on the way into the model; empty: nothing is known.
        pad: The padding value, where something masks it.
        low, high: Bounds of the values, both among them.
        beside: Another column, of which each row has as many steps.
    """

    axes: tuple[Axis, ...] | None = None
    dtype: str = ""
    pad: float | None = None
    low: float | None = None
    high: float | None = None
    beside: str = ""

    @property
    def numbers(self) -> bool:
        """Whether numbers are due, so that text is not."""
        return self.dtype not in ("", "string")
