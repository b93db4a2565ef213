"""Libraries that come with an extra, asked for when a source needs them."""

from __future__ import annotations

import importlib
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.rules import registry


def need(module: str, extra: str, purpose: str) -> Any:
    """A module of a library that one of Saveguard's extras brings.

    Args:
        module: What to import: `pyarrow.parquet`.
        extra: The extra that has it: `data`.
        purpose: What it is needed for, as the end of a sentence: `to read Parquet`.

    Raises:
        SaveguardError: SG741, if it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
    finding = registry.module("SG741").found(module.partition(".")[0], extra, purpose)
    raise SaveguardError(Report(subject="audit", findings=(finding,))) from None
