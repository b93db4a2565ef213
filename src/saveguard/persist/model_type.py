"""Is it a model of a Keras that Saveguard writes with?"""

from __future__ import annotations

import sys
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.known import versions
from saveguard.rules import registry


def require_model(model: Any) -> None:
    """Raise a coded error for anything but a model of Keras 3.15 or newer.

    Raises:
        SaveguardError: With SG708, naming what was given; with SG721, naming the release.
    """
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        _require_release(keras.__version__)
        return
    kind = type(model) if not isinstance(model, type) else model
    finding = registry.module("SG708").found(
        f"{kind.__module__}.{kind.__qualname__}",
        isinstance(model, type),
        tuple(f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__[1:]),
    )
    raise SaveguardError(Report(subject=kind.__qualname__, findings=(finding,)))


def _require_release(version: str) -> None:
    old = registry.module("SG721")
    if versions.numbers(version)[: len(old.OLDEST)] < old.OLDEST:
        raise SaveguardError(Report(subject=f"Keras {version}", findings=(old.found(version),)))
