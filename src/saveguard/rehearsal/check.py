"""`saveguard.check`: of files, read without a framework; of a live model, before it is trained."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import Any

from saveguard.examine.check import check as check_files
from saveguard.examine.settings import KERAS
from saveguard.finding import Report


def check(
    subject: Any,
    example: Any = None,
    *,
    keras: str = KERAS,
    path: str | os.PathLike[str] = "model.keras",
    prove: bool = True,
    tolerance: float | None = None,
    accept: Collection[str] = (),
) -> Report:
    """Say what is wrong with saved models, or with a model that is about to be trained.

    Files are read without a framework (see docs/checking.md). A live model is saved aside, given
    back by a fresh process, and compared; what does not come back is traced to its layer, its key
    and its array. The model is left exactly as it was found, built or not; nothing is written to
    `path`.

    Args:
        subject: A `.keras` file, its unpacked folder, an `.h5` file, weights alone, or a
            SavedModel; a folder with such files, which is walked, or a glob; or several of these.
            Or a Keras model.
        example: Of a model: inputs that it takes (see `saveguard.save`), such as the first batch
            of its training data. It is held against what the model expects.
        keras: Of files: the release of Keras that is to load them, `3.15` or `3.12.1`.
        path: Of a model: where it will be saved, for the format and the room on the disk.
        prove: Of a model: False leaves out the fresh process.
        tolerance, accept: Of a model: as in `saveguard.save`.

    Returns:
        The findings, and what was and was not read. Not read is never clean.

    Raises:
        ValueError: If there is no such release, with the nearest ones.
        SaveguardError: With SG708, if `subject` is neither paths nor a Keras model.
    """
    if _is_paths(subject):
        return check_files(subject, keras=keras)
    from saveguard.rehearsal.rehearse import rehearse

    return rehearse(
        subject, example, path=path, prove=prove, tolerance=tolerance, accept=accept
    ).report


def _is_paths(subject: Any) -> bool:
    """Whether it is a path, or several; a model is neither, though some can be iterated over."""
    if isinstance(subject, str | os.PathLike):
        return True
    return isinstance(subject, Iterable) and not hasattr(subject, "get_config")
