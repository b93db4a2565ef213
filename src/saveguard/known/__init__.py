"""What each release of Keras knows: its classes, functions, their arguments, and its guards.

The tables are generated from the released wheels (`make known`), from Keras 2.0.9 to 3.15.1; Keras
2 goes on as `tf_keras` from 2.16. No release is imported, and no framework is needed to ask.
"""

from __future__ import annotations

from saveguard.known.symbol import Symbol
from saveguard.known.versions import (
    LATEST,
    Release,
    UnknownReleaseError,
    argument_span,
    is_operation,
    numbers,
    release,
    releases,
    span,
)

__all__ = [
    "LATEST",
    "Release",
    "Symbol",
    "UnknownReleaseError",
    "argument_span",
    "is_operation",
    "numbers",
    "release",
    "releases",
    "span",
]
