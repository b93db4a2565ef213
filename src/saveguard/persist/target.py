"""What can be known of a target before anything is written to it."""

from __future__ import annotations

import os
from pathlib import Path

from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.remote.address import is_remote, system

LAYOUTS = {
    ".weights.h5": "weights",
    ".weights.json": "shards",
    ".keras": "keras",
    ".h5": "h5",
    ".hdf5": "h5",
}


def layout_of(path: str | os.PathLike[str]) -> str:
    """The layout that a target's name asks for.

    Raises:
        SaveguardError: If the target is a directory, its folder does not exist or cannot be
            written to, its name ends in no extension of Keras, or it is an address that nothing
            here reaches. Nothing is touched.
    """
    remote = is_remote(os.fspath(path))
    target = Path(path)
    error = _remote_fault(os.fspath(path)) if remote else _fault(target)
    if error is not None:
        raise SaveguardError(Report(subject=os.fspath(path)) + diagnose(error, "save", str(path)))
    return next(layout for ending, layout in LAYOUTS.items() if target.name.endswith(ending))


def _remote_fault(address: str) -> Exception | None:
    """What is wrong with an address, as far as it can be told without reaching it."""
    try:
        system(address)
    except ValueError as error:
        return error
    return _extension_fault(Path(address))


def _extension_fault(target: Path) -> Exception | None:
    if target.name.endswith(tuple(LAYOUTS)):
        return None
    endings = ", ".join(LAYOUTS)
    return ValueError(f"Invalid filepath extension for saving: {target.name} ({endings})")


def _fault(target: Path) -> Exception | None:
    if os.fspath(target) != "." and target.is_dir():
        return IsADirectoryError(21, "Is a directory", str(target))
    extension = _extension_fault(target)
    if extension is not None:
        return extension
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        return FileNotFoundError(2, "No such file or directory", str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        return PermissionError(13, "Permission denied", str(folder))
    return None
