"""Addresses, `s3://bucket/m.keras` or `memory://m.keras`, and the file systems behind them."""

from __future__ import annotations

from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Finding, Report
from saveguard.rules import registry


def is_remote(path: str) -> bool:
    """Whether a path is an address: `s3://bucket/train.parquet`, `memory://a.npy`."""
    return "://" in path


def system(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path within it.

    Raises:
        SaveguardError: SG741, if the library that reaches it is not installed.
        ValueError: If no library is known for such addresses.
    """
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "fsspec":
            raise
        purpose = f"to reach {address}"
        raise _lacking(registry.module("SG741").found("fsspec", "remote", purpose)) from None
    try:
        found: tuple[Any, str] = url_to_fs(address)
    except ImportError as error:  # fsspec asks for the library of one more file system
        library = getattr(error.__cause__ or error, "name", None) or str(error)
        raise _lacking(registry.module("SG741").driver(library, address)) from error
    return found


def name_of(inside: str) -> str:
    """The last part of a path within a file system."""
    return inside.rstrip("/").rpartition("/")[2]


def _lacking(finding: Finding) -> SaveguardError:
    return SaveguardError(Report(subject=finding.where, findings=(finding,)))
