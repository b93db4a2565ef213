"""The releases that write the matrix's files, of those in `tools/interpreters.py`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

import interpreters
from interpreters import Environment, interpreter

__all__ = ["ENVIRONMENTS", "EVERY", "HELD_OUT", "cache", "interpreter", "variables"]


def _of(*labels: str) -> dict[str, Environment]:
    return {label: interpreters.EVERY[label] for label in labels}


ENVIRONMENTS = _of(
    *("tf1.15", "tf2.3", "tf2.6", "tf2.10", "tf2.15"),
    *("keras3.0", "keras3.3", "keras3.6", "keras3.9", "keras3.12", "keras3.15"),
)
# Their files were first looked at when the rules about loading were written.
HELD_OUT = _of(
    *("keras2.2", "keras2.3", "tf2.1", "tf2.4", "tf2.8", "tf2.12", "tf2.13", "tf_keras2.18"),
    *("keras3.1", "keras3.5", "keras3.8", "keras3.11", "keras3.14"),
)
EVERY = {**ENVIRONMENTS, **HELD_OUT}


def cache() -> Path:
    """Where environments and files are kept unless another folder is given."""
    return interpreters.cache("matrix")


def variables(label: str = "") -> dict[str, str]:
    """The environment variables of a writer."""
    keras = interpreters.EVERY[label].keras if label else ""
    return {**interpreters.variables(label), "MATRIX_KERAS": keras}
