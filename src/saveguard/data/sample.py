"""Some of the parts of a data set, spread evenly over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def spread(parts: Sequence[T], share: float) -> list[T]:
    """About that share of the parts, at least one; the same in every run.

    Args:
        share: Above 0; 1 for all.

    Raises:
        ValueError: If it is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a sample is a share above 0 and at most 1, not {share}")
    count = max(1, round(len(parts) * share)) if parts else 0
    return [parts[index * len(parts) // count] for index in range(count)]
