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
from saveguard.report.html_cards import coded
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


# What the lists of a report are called; of a receipt, what was compared and what was not.
_LISTS = ("What was read", "What was not read")


def page(
    report: Report,
    cards: Iterable[Card],
    *,
    badge: tuple[str, str] | None = None,
    lists: tuple[str, str] = _LISTS,
) -> str:
    """The page of a report with these cards.

    Args:
        badge: The verdict as a state (`bad`, `part` or `good`) and in words, where the findings
            alone do not tell it.
        lists: What the lists of what was read, and of what was not, are called.
    """
    state = _state(report)
    words = {"bad": "found", "part": "not fully read", "good": "nothing certain"}
    state, word = badge or (state, words[state])
    style, script = (_part(f"page.{kind}") for kind in ("css", "js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    told = {
        "subject": escape(report.subject),
        "verdict": escape(report.verdict),
        "state": state,
        "badge": escape(word),
        "filters": "".join(_filter(report, certainty) for certainty in CERTAINTIES),
        "findings": "".join(_findings(report.findings, several=len(report.files) > 1)),
        "cards": html_cards.section(tuple(cards)),
        "files": _files(report.files),
        "read": _list("read", lists[0], report.read),
        "left": _list("left", lists[1], report.not_read),
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


def _findings(findings: tuple[Finding, ...], *, several: bool = False) -> Iterator[str]:
    for index, finding in enumerate(findings[:FINDINGS]):
        yield _finding(finding, opened=index < _OPEN, several=several)
    more = len(findings) - FINDINGS
    if more > 0:
        yield f'<p class="more">{more:,} more findings are not on this page; JSON has all.</p>'


def _finding(finding: Finding, *, opened: bool, several: bool) -> str:
    """A finding to open and close; of several files it says which is meant while it is closed."""
    parts = [("at", finding.place), ("why", finding.why), ("fix", finding.fix)]
    parts += [("seen", "\n".join(finding.evidence))]
    rows = "".join(
        f"<dt>{name}</dt><dd{_code(name, text)}>{_text(name, text)}</dd>"
        for name, text in parts
        if text
    )
    name = finding.file.rpartition("/")[2] if several else ""
    file = f' <span class="file">{escape(name)}</span>' if name else ""
    return (
        f'<details class="finding {finding.certainty}" data-certainty="{finding.certainty}"'
        f' data-code="{escape(finding.code)}"{" open" if opened else ""}>'
        f'<summary><span class="code">{escape(finding.code)}</span>'
        f'<span class="message">{coded(finding.message)}{file}</span>'
        f'<span class="sure">{finding.certainty}</span></summary><dl>{rows}</dl></details>'
    )


def _text(name: str, text: str) -> str:
    """Places and lines of code as they are; in words, what stands between backticks as code."""
    return escape(text) if _code(name, text) else coded(text)


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
    items = "".join(f"<li>{coded(line)}</li>" for line in lines[:LINES])
    more = f"<li>and {len(lines) - LINES:,} more</li>" if len(lines) > LINES else ""
    return f'<section id="{name}"><h2>{title}</h2><ul>{items}{more}</ul></section>'
