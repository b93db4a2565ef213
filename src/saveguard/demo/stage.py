"""What the story is told with: headings, what was observed, and claims that must hold."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report


class Stage:
    """Prints the story, which plays in `folder`, and keeps the claims that were not observed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failed: list[str] = []

    def chapter(self, title: str) -> None:
        """A heading."""
        print(f"\n\033[1m{title}\033[0m" if _colours() else f"\n{title}\n{'-' * len(title)}")

    def say(self, text: str) -> None:
        """A paragraph."""
        print(textwrap.fill(text, 88))

    def show(self, speaker: str, text: str) -> None:
        """Somebody's own words, indented under their name."""
        print(f"  {speaker}:")
        print(textwrap.indent(text.rstrip().replace(f"{self.folder}/", ""), "    "))

    def claim(self, text: str, observed: bool) -> None:
        """A claim, and whether it was observed in this run."""
        print(f"  [{'observed' if observed else 'NOT OBSERVED'}] {text}")
        if not observed:
            self.failed.append(text)


def words_of(action: Callable[[], Any]) -> tuple[str, str]:
    """What an action answers: ("", what it returned), or (the exception's type, its words)."""
    try:
        return "", repr(action())[:120]
    except Exception as error:  # noqa: BLE001  the words of whatever is raised are the point
        lines = [line for line in str(error).splitlines() if line.strip()]
        return type(error).__name__, textwrap.shorten(" ".join(lines[:2]), 240)


def report_on(action: Callable[[], Any]) -> Report:
    """The report that an action of Saveguard ends with, whether it returns or raises."""
    try:
        done = action()
        found = getattr(done, "report", done)
    except SaveguardError as error:
        found = error.report
    assert isinstance(found, Report)
    return found


def _colours() -> bool:
    import os
    import sys

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
