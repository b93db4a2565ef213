"""A rule as a page: what stands above the text that the rule's author wrote, and its parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from saveguard.rule import Rule

# A quotation mark that opens stands before a word and after a space or a bracket.
_OPENS = re.compile(r"(?:^|(?<=[\s(=\[{]))\"(?=\S)")
_MARK = re.compile('"')


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
    """The messages that "Seen in" quotes, each on one line, in the page's order.

    A message may itself quote: `"Input 0 of layer "lstm" is incompatible with the layer"`. A
    single word in quotes is a name, and no message.
    """
    text = " ".join(section(page, "Seen in").split())
    opening = {found.start() for found in _OPENS.finditer(text)}
    found, start, depth = [], 0, 0
    for mark in _MARK.finditer(text):
        if mark.start() in opening:
            start = mark.end() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                found.append(text[start : mark.start()])
    return [message for message in dict.fromkeys(found) if " " in message]
