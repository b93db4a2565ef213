"""What padding gives: values, mask, lengths, and what was found on the way."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import msgspec
import numpy as np

from saveguard.finding import Report

# A table of all masks of up to this width is small, and copying its rows is fast.
_TABLE = 2048


class Padded(msgspec.Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """Sequences as one array.

    Attributes:
        values: Shape (rows, width, ...), of the data's dtype.
        lengths: Real steps of each row, int64.
        rows: Which of the given sequences each row is; fewer than given where empties were dropped.
        value: The padding value, which no real step has unless the report says so.
        side: Where padding stands: `post`, after the data, or `pre`.
        report: What was found, and in `read` what was done.
    """

    values: Any
    lengths: Any
    rows: Any
    value: Any
    side: Literal["pre", "post"]
    report: Report

    @cached_property
    def mask(self) -> Any:
        """True where a step is real; bool, shape (rows, width), contiguous.

        With `side="post"` each row is True from the left and False from its length on: the one
        form that cuDNN kernels take, if no row is empty.
        """
        return mask(self.lengths, self.values.shape[1], self.side)

    @property
    def waste(self) -> float:
        """The part of the steps that is padding, from 0 to 1."""
        steps = self.values.shape[0] * self.values.shape[1]
        return 1 - float(self.lengths.sum()) / steps if steps else 0.0

    def unpad(self) -> list[Any]:
        """The sequences without padding, as views of `values`."""
        width = self.values.shape[1]
        if self.side == "pre":
            return [row[width - n :] for row, n in zip(self.values, self.lengths, strict=True)]
        return [row[:n] for row, n in zip(self.values, self.lengths, strict=True)]

    def __repr__(self) -> str:
        told = f"{self.values.dtype}{list(self.values.shape)}"
        return f"Padded({told}, value={self.value}, side={self.side!r}, {self.report.verdict})"


def mask(lengths: Any, width: int, side: str) -> Any:
    """True for each real step of rows of these lengths."""
    if width <= _TABLE:
        table = np.arange(width) < np.arange(width + 1)[:, None]
        return np.take(table[:, ::-1] if side == "pre" else table, lengths, axis=0)
    steps = np.arange(width)
    return steps >= width - lengths[:, None] if side == "pre" else steps < lengths[:, None]
