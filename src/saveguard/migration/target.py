"""Where a migration may write: never to what it reads, and over nothing without being asked."""

from __future__ import annotations

import os

from saveguard.errors import SaveguardError
from saveguard.finding import Report


def refuse(old: str, new: str, *, overwrite: bool) -> None:
    """See that writing `new` leaves `old` alone.

    Raises:
        SaveguardError: If it does not, or `new` exists and is not to be replaced.
    """
    why = _against(old, new, overwrite)
    if why:
        raise SaveguardError(Report(subject=new, not_read=(f"{new}: {why}",)))


def _against(old: str, new: str, overwrite: bool) -> str:
    source, target = os.path.realpath(old), os.path.realpath(new)
    if source == target:
        return "it is the old file, which is never written to; give another name"
    if os.path.isdir(source) and os.path.commonpath([source, target]) == source:
        return f"it lies inside {old}, which is never written to; give a place outside"
    if os.path.isfile(target) and not overwrite:
        return "it exists; overwrite=True (--overwrite) replaces it"
    return ""
