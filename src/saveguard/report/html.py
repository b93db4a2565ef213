"""A report as one page for a browser: nothing is loaded, and nothing of a file can run.

Names come from files that anyone may have written. All text is escaped, and the page's own policy
lets no script run but the one that it came with.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from saveguard.finding import CERTAINTIES
from saveguard.report import html_cards
from saveguard.version import __version__

if TYPE_CHECKING:
    from saveguard.facts import Card
    from saveguard.finding import Examined, Finding, Report

# More than this nobody reads, and no browser shows well; the rest is counted.
FINDINGS = 500
FILES = 1000
LINES = 200
_OPEN = 5
_FOLDER = Path(__file__).parent


def render(report: Report) -> str:
    """The report as the text of an HTML file."""
    return page(report, report.cards())


def page(report: Report, cards: Iterable[Card]) -> str:
    """The page of a report with these cards."""
    style, script = (_part(f"page.{kind}") for kind in ("css", "js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    told = {
        "subject": escape(report.subject),
        "verdict": escape(report.verdict),
        "state": _state(report),
        "badge": {"bad": "found", "part": "not fully read", "good": "nothing certain"}[
            _state(report)
        ],
        "filters": "".join(_filter(report, certainty) for certainty in CERTAINTIES),
        "findings": "".join(_findings(report.findings)),
        "cards": html_cards.section(tuple(cards)),
        "files": _files(report.files),
        "read": _list("read", "What was read", report.read),
        "left": _list("left", "What was not read", report.not_read),
        "version": escape(__version__),
        "style": style,
        "script": script,
        "digest": digest,
    }
    return Template(_part("page.html")).substitute(told)


def compact(report: Report) -> str:
    """The same for a notebook: the verdict and the findings, without a script."""
    found = "".join(_findings(report.findings[:FINDINGS]))
    head = f"<b>{escape(report.subject)}</b>: {escape(report.verdict)}"
    # Nested in a rule of its own, so that it changes nothing else of the notebook.
    style = _part("page.css").replace(":root", "&").replace("\nbody {", "\n& {")
    return (
        f"<style>.sg {{\n{style}}}</style>"
        f'<div class="sg compact {_state(report)}">{head}{found}</div>'
    )


def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _state(report: Report) -> str:
    partly = report.not_read or any(file.not_read for file in report.files)
    return "bad" if report.certain else "part" if partly else "good"


def _filter(report: Report, certainty: str) -> str:
    count = sum(finding.certainty == certainty for finding in report.findings)
    return (
        f'<button class="filter {certainty}" data-filter="{certainty}" aria-pressed="true"'
        f"{' disabled' if not count else ''}><b>{count:,}</b> {certainty}</button>"
    )


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    for index, finding in enumerate(findings[:FINDINGS]):
        yield _finding(finding, opened=index < _OPEN)
    more = len(findings) - FINDINGS
    if more > 0:
        yield f'<p class="more">{more:,} more findings are not on this page; JSON has all.</p>'


def _finding(finding: Finding, *, opened: bool) -> str:
    parts = [("at", finding.place), ("why", finding.why), ("fix", finding.fix)]
    parts += [("seen", "\n".join(finding.evidence))]
    rows = "".join(
        f"<dt>{name}</dt><dd{_code(name, text)}>{escape(text)}</dd>" for name, text in parts if text
    )
    return (
        f'<details class="finding {finding.certainty}" data-certainty="{finding.certainty}"'
        f' data-code="{escape(finding.code)}"{" open" if opened else ""}>'
        f'<summary><span class="code">{escape(finding.code)}</span>'
        f'<span class="message">{escape(finding.message)}</span>'
        f'<span class="sure">{finding.certainty}</span></summary><dl>{rows}</dl></details>'
    )


def _code(name: str, text: str) -> str:
    return ' class="mono"' if name in ("at", "seen") or (name == "fix" and "\n" in text) else ""


def _files(files: tuple[Examined, ...]) -> str:
    if len(files) < 2:
        return ""
    rows = "".join(
        f"<tr><td class=mono>{escape(file.path)}</td><td>{escape(file.layout)}</td>"
        f'<td class="number">{file.size:,}</td><td>{escape("; ".join(file.not_read))}</td></tr>'
        for file in files[:FILES]
    )
    more = f'<p class="more">{len(files) - FILES:,} more files</p>' if len(files) > FILES else ""
    head = "<tr><th>file<th>layout<th class=number>bytes<th>not read</tr>"
    table = f'<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
    return f'<section id="files"><h2>Files</h2>{table}{more}</section>'


def _list(name: str, title: str, lines: tuple[str, ...]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines[:LINES])
    more = f"<li>and {len(lines) - LINES:,} more</li>" if len(lines) > LINES else ""
    return f'<section id="{name}"><h2>{title}</h2><ul>{items}{more}</ul></section>'
