"""Variables made without random values, which the file's arrays replace at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

# Where the initializers that draw have their `__call__`; the others are as cheap as zeros.
_DRAWING = ("VarianceScaling", "RandomUniform", "RandomNormal", "TruncatedNormal", "Orthogonal")


@contextlib.contextmanager
def unfilled() -> Iterator[None]:
    """In this thread, have Keras's random initializers give zeros.

    Drawing takes several times the memory of the variable, and orthogonal matrices most of the
    time of building a recurrent model.
    """
    import keras

    thread = threading.get_ident()
    kinds = [getattr(keras.initializers, name) for name in _DRAWING]
    kept = {kind: kind.__call__ for kind in kinds}
    for kind, drawing in kept.items():
        kind.__call__ = _zeros_or(drawing, thread)
    try:
        yield
    finally:
        for kind, drawing in kept.items():
            kind.__call__ = drawing


def _zeros_or(drawing: Callable[..., Any], thread: int) -> Callable[..., Any]:
    def call(self: Any, shape: Any, dtype: Any = None, **options: Any) -> Any:
        import keras

        if threading.get_ident() != thread:
            return drawing(self, shape, dtype=dtype, **options)
        return keras.ops.zeros(shape, dtype=dtype)

    return call
