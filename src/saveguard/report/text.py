"""A report as text for a person: what `str(report)` says, with colour where it is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.finding import Report

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_FAINT = "\x1b[2m"
_LEVELS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}

# A finding's own lines of code are indented further than its labels, so neither is mistaken.
_HEAD = re.compile(r"^(error|warning|note)\[(\w+)\]", re.MULTILINE)
_LABEL = re.compile(r"^  (at|why|fix|seen|sure)(?= )", re.MULTILINE)


def wants_color(choice: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether to colour.

    Args:
        choice: `always` and `never` are final; `auto` asks the environment, then the terminal.
        environment: `NO_COLOR` (https://no-color.org) and `FORCE_COLOR` count when not empty;
            `TERM=dumb` is a terminal without colour.
        terminal: Whether the text goes to one.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def render(report: Report, *, colored: bool = False) -> str:
    """The report as text; colour adds nothing that the words do not say."""
    plain = str(report)
    if not colored:
        return plain
    *lines, last = plain.split("\n")
    body = "".join(f"{line}\n" for line in lines)
    body = _HEAD.sub(lambda head: f"{_LEVELS[head[1]]}{head[0]}{_RESET}", body)
    body = _LABEL.sub(lambda label: f"{_FAINT}{label[0]}{_RESET}", body)
    return f"{body}{_BOLD}{last}{_RESET}"
