"""The variables of a model as this process alone holds them, where several share one model.

On JAX a variable that several processes hold is one array of all of them: to compute with it is for
all of them to do, together. The one that writes a checkpoint computes alone.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np


@contextlib.contextmanager
def held_here(model: Any) -> Iterator[None]:
    """While the block runs, the model's variables are this process's own copies of them.

    Raises:
        ValueError: If a variable is spread over several processes, so that none holds all of it.
    """
    import keras

    jax = sys.modules.get("jax")
    if keras.backend.backend() != "jax" or jax is None or jax.process_count() == 1:
        yield
        return
    distribution = keras.distribution.distribution()
    shared = [(one, one._value, one._layout) for one in _variables(model)]
    copies = [jax.numpy.asarray(_copy(one, value)) for one, value, _ in shared]
    keras.distribution.set_distribution(None)
    try:
        for (variable, _, _), copy in zip(shared, copies, strict=True):
            variable._value, variable._layout = copy, None
        yield
    finally:
        keras.distribution.set_distribution(distribution)
        for variable, value, layout in shared:
            variable._value, variable._layout = value, layout


def _variables(model: Any) -> list[Any]:
    optimizer = getattr(model, "optimizer", None)
    found = [*model.variables, *getattr(model, "metrics_variables", ())]
    found += getattr(optimizer, "variables", None) or []
    return list({id(one): one for one in found}.values())


def _copy(variable: Any, value: Any) -> np.ndarray[Any, Any]:
    if not value.is_fully_replicated:
        raise ValueError(
            f"{variable.path} is spread over several processes: none of them can write all of it"
        )
    return np.asarray(value.addressable_data(0))
