"""Is it a Keras model?"""

from __future__ import annotations

import sys
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.rules import registry


def require_model(model: Any) -> None:
    """Raise a coded error for anything but a model of Keras 3.

    Raises:
        SaveguardError: With SG708, naming what was given.
    """
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        return
    kind = type(model) if not isinstance(model, type) else model
    finding = registry.module("SG708").found(
        f"{kind.__module__}.{kind.__qualname__}",
        isinstance(model, type),
        tuple(f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__[1:]),
    )
    raise SaveguardError(Report(subject=kind.__qualname__, findings=(finding,)))
