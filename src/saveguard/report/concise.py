"""A report in one line a finding, for those who search in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.finding import Finding, Report


def render(report: Report) -> str:
    """A line a finding, a line for each thing that was not read, and the count."""
    lines = [_line(finding, report.subject) for finding in report.findings]
    lines += [f"{report.subject}: not read: {told}" for told in report.not_read]
    return "\n".join([*lines, f"{report.subject}: {report.verdict}"])


def _line(finding: Finding, subject: str) -> str:
    message = " ".join(finding.message.split())
    inside = f" ({finding.where})" if finding.where not in ("", finding.file) else ""
    return f"{finding.file or subject}: {finding.level}[{finding.code}] {message}{inside}"
