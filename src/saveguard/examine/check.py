"""`saveguard.check`: what is wrong with a saved model, read without a framework."""

from __future__ import annotations

import os

import msgspec

from saveguard.archive.read import read
from saveguard.finding import Report
from saveguard.rules import registry


def check(path: str | os.PathLike[str], *, keras: str = "3.15") -> Report:
    """Read a saved model in any layout and say what is wrong with it, and what will be.

    Args:
        path: A `.keras` file, its unpacked folder, an `.h5` file, weights alone, or a SavedModel.
        keras: The release of Keras that is to load it, `3.15` or `3.12.1`.

    Returns:
        The findings, what was read, and what was not. Not read is never clean.
    """
    name = os.fspath(path)
    facts = msgspec.structs.replace(read(name), keras=keras)
    return Report(
        subject=name,
        findings=registry.notice("archive", facts),
        not_read=tuple(f"{part.what}: {part.why}" for part in facts.unread),
    )
