"""What is done to the arrays of a layer on their way into the new model.

A conversion takes the arrays of one layer, in the order of the file, and gives those of the new
layer, in the order in which Keras 3 creates them. Those of a Bidirectional are converted by halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Conversion = Callable[[list[Array]], list[Array]]


def converted(names: Sequence[str], arrays: list[Array]) -> list[Array]:
    """The arrays after the conversions of these names, in order."""
    for name in names:
        arrays = CONVERSIONS[name](arrays)
    return arrays


CONVERSIONS: dict[str, Conversion] = {}
