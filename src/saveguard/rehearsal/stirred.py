"""Give fresh weights values that can be told apart, for as long as a save is rehearsed.

Before its first step a model is full of zeros and ones. One that is not stored comes back as the
zeros that it was; two that are taken for each other are equal. Training would tell them apart.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.child import running

# Elements. What is larger is a kernel, which begins at random; to copy it would cost a save.
_LARGEST = 1 << 20


@contextlib.contextmanager
def stirred(model: Any) -> Iterator[None]:
    """Move every trained variable that holds one value throughout a little, and put it back.

    Only what training itself moves is touched: a constant that is not trained may mean something.
    """
    kept = [(variable, value) for variable, value in _alike(model)]
    draw = np.random.default_rng(0)
    try:
        for variable, value in kept:
            moved = value + draw.uniform(0.01, 0.05, value.shape) * np.maximum(1.0, np.abs(value))
            variable.assign(moved.astype(value.dtype))
        yield
    finally:
        for variable, value in kept:
            variable.assign(value)


def _alike(model: Any) -> Iterator[tuple[Any, np.ndarray[Any, Any]]]:
    for variable in model.trainable_variables:
        if 0 < np.prod(variable.shape) <= _LARGEST and "float" in str(variable.dtype):
            value = np.array(running.value_of(variable))
            if (value == value.reshape(-1)[0]).all():
                yield variable, value
