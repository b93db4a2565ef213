"""A part whose worker died."""

from __future__ import annotations

from saveguard.data.source import Part, Trouble
from saveguard.data.summary import Summary, troubled

CODE = "SG740"


def lost(part: Part, what: str) -> Summary:
    """The summary that says that a part was not read."""
    return troubled(
        Trouble(code=CODE, file=part.file, place=part.at, what=what, rows=max(part.rows, 0))
    )
