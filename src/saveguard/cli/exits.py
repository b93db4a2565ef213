"""The exit codes, the same for every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.finding import Report

CLEAN = 0
FINDINGS = 1
COULD_NOT_RUN = 2
NOT_READ = 3
# What shells say of a command that Ctrl-C ended: 128 and the number of the signal.
INTERRUPTED = 130


def exit_code(report: Report, *, strict: bool = False) -> int:
    """The code for a report: certain findings first, then, under `strict`, what was not read."""
    if not report.ok:
        return FINDINGS
    return NOT_READ if strict and report.not_read else CLEAN
