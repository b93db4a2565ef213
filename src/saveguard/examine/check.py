"""`saveguard.check`: what is wrong with saved models, read without a framework."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from saveguard.examine.find import archives
from saveguard.examine.settings import KERAS, Settings, refuse_unknown_releases
from saveguard.examine.team import look
from saveguard.finding import Examined, Report, printable

Path = str | os.PathLike[str]


def check(path: Path | Iterable[Path], *, keras: str = KERAS) -> Report:
    """Read saved models in any layout and say what is wrong with them, and what will be.

    Args:
        path: A `.keras` file, its unpacked folder, an `.h5` file, weights alone, or a SavedModel;
            a folder with such files, which is walked, or a glob; or several of these.
        keras: The release of Keras that is to load it, `3.15` or `3.12.1`.

    Returns:
        The findings, each with its `file`; a record a file in `files`; and what was not read.
        Not read is never clean.

    Raises:
        ValueError: If there is no such release, with the nearest ones.
    """
    paths = [os.fspath(one) for one in ([path] if isinstance(path, str | os.PathLike) else path)]
    settings = Settings(keras=keras)
    refuse_unknown_releases(settings, "saveguard.check")
    found = list(archives(paths))
    return merged(paths, (look(one, settings) for one in found))


def merged(paths: Sequence[str], reports: Iterable[Report]) -> Report:
    """One report of those on single archives, without the files that turned out to be none."""
    kept = [report for report in reports if report.files]
    if len(kept) == 1 and list(paths) == [kept[0].subject]:
        return kept[0]
    files = tuple(file for report in kept for file in report.files)
    return Report(
        subject=subject(paths),
        findings=tuple(finding for report in kept for finding in report.findings),
        not_read=tuple(_prefixed(files))
        or (() if files else (f"no saved model in {subject(paths)}",)),
        files=files,
    )


def subject(paths: Sequence[str]) -> str:
    """What several paths are called together."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return printable(f"{paths[0]}{more}") if paths else "nothing"


def _prefixed(files: Iterable[Examined]) -> Iterator[str]:
    for file in files:
        for told in file.not_read:
            yield f"{file.path}: {told}"
