"""A report as annotations of a GitHub workflow, and as the Markdown of its summary.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.finding import Finding, Report

# GitHub shows no more than this of each level from one step, and no longer a summary.
SHOWN = 10
SUMMARY_BYTES = 1 << 20
_LEVELS = ("error", "warning")
_PLAIN = {ord(mark): f"&#{ord(mark)};" for mark in "&<>|`*_[]~@\\"} | {ord("\n"): "<br>"}


def render(report: Report) -> str:
    """The worst findings as annotations, then one with the count; a line each."""
    shown = [
        finding
        for level in _LEVELS
        for finding in [f for f in report.findings if f.level == level][:SHOWN]
    ]
    more = len(report.findings) - len(shown)
    told = [report.verdict, *([f"{more:,} of them are not annotated"] if more else [])]
    told += [f"not read: {text}" for text in report.not_read[:SHOWN]]
    if len(report.not_read) > SHOWN:
        told.append(f"and {len(report.not_read) - SHOWN:,} more were not read")
    text = f"{report.subject}: " + "\n".join(told)
    last = f"::notice title=saveguard::{_data(text)}"
    return "\n".join([*map(_annotation, shown), last])


def _annotation(finding: Finding) -> str:
    title = _property(f"{finding.code} {finding.name}")
    file = f"file={_property(_inside(finding.file))}," if finding.file else ""
    text = "\n".join([finding.message, finding.place, finding.why, f"fix: {finding.fix}"])
    return f"::{finding.level} {file}title={title}::{_data(text)}"


def _inside(path: str) -> str:
    return os.path.relpath(path).replace(os.sep, "/")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(report: Report, limit: int = SUMMARY_BYTES) -> str:
    """The report as Markdown of at most `limit` bytes; what does not fit is counted."""
    head = f"## saveguard: {_cell(report.subject)}\n\n{report.verdict}\n"
    rows = [f"| {' | '.join(map(_cell, _cells(finding)))} |\n" for finding in report.findings]
    rows[:0] = ["\n| finding | where | what | fix |\n| --- | --- | --- | --- |\n"] if rows else []
    rows += ["\n"] + [f"- not read: {_cell(text)}\n" for text in report.not_read]
    room = limit - len(head.encode()) - 100
    kept: list[str] = []
    for row in rows:
        room -= len(row.encode())
        if room < 0:
            return "".join([head, *kept, f"\n{len(rows) - len(kept):,} lines more\n"])
        kept.append(row)
    return "".join([head, *kept])


def _cells(finding: Finding) -> tuple[str, str, str, str]:
    return f"{finding.level} {finding.code}", finding.place, finding.message, finding.fix


def _cell(text: str) -> str:
    """Text that is shown as it stands: no markup, no column, no tag, nobody's name."""
    return text.translate(_PLAIN)
