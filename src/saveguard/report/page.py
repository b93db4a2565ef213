"""A rule as a page: what stands above the text that the rule's author wrote, and its parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.rule import Rule

_QUOTED = re.compile(r'"([^"]+)"')


def heading(rule: Rule) -> str:
    """Code, name, since when, and where the root cause is noticed; one line."""
    noticed = f"; noticed in: {', '.join(rule.senses)}" if rule.senses else ""
    return f"{rule.code} {rule.name} (since {rule.since}{noticed})"


def headline(page: str) -> str:
    """The root cause in one sentence: the page's first paragraph."""
    return " ".join(page.split("\n\n", 1)[0].split())


def section(page: str, title: str) -> str:
    """The text under one of the page's headings, or nothing where it lacks that."""
    found = re.search(rf"^## {re.escape(title)}\n+(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else ""


def messages(page: str) -> list[str]:
    """The messages that "Seen in" quotes, each on one line, in the page's order."""
    quoted = _QUOTED.findall(section(page, "Seen in"))
    return list(dict.fromkeys(" ".join(message.split()) for message in quoted))
