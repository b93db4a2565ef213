"""What can be known of a target before anything is written to it."""

from __future__ import annotations

import os
from pathlib import Path

from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError
from saveguard.finding import Report

LAYOUTS = {".weights.h5": "weights", ".keras": "keras", ".h5": "h5", ".hdf5": "h5"}


def layout_of(path: str | os.PathLike[str]) -> str:
    """The layout that a target's name asks for.

    Raises:
        SaveguardError: If the target is a directory, its folder does not exist or cannot be
            written to, or its name ends in no extension of Keras. Nothing is touched.
    """
    target = Path(path)
    error = _fault(target)
    if error is not None:
        raise SaveguardError(Report(subject=os.fspath(path)) + diagnose(error, "save", str(path)))
    return next(layout for ending, layout in LAYOUTS.items() if target.name.endswith(ending))


def _fault(target: Path) -> Exception | None:
    if os.fspath(target) != "." and target.is_dir():
        return IsADirectoryError(21, "Is a directory", str(target))
    if not target.name.endswith(tuple(LAYOUTS)):
        endings = ", ".join(LAYOUTS)
        return ValueError(f"Invalid filepath extension for saving: {target.name} ({endings})")
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        return FileNotFoundError(2, "No such file or directory", str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        return PermissionError(13, "Permission denied", str(folder))
    return None
