"""All rules' traceback signatures as one table, so that matching text imports no rule.

The table, `signatures.json`, is written by `make rules`; importing sixty rules and compiling their
patterns would take longer than everything else that explaining a traceback needs.
"""

from __future__ import annotations

import functools
import os

import msgspec

from saveguard.rule import Rule, Signature

PATH = os.path.join(os.path.dirname(__file__), "signatures.json")


class Entry(msgspec.Struct, frozen=True):
    """The signatures of one rule.

    Attributes:
        words: For each signature, words in small letters of which any text that it matches holds
            one; none where nothing can be said.
    """

    name: str
    since: str
    words: tuple[tuple[str, ...], ...]
    signatures: tuple[Signature, ...]


@functools.cache
def table() -> dict[str, Entry]:
    """The entries of all rules that have a signature, by code."""
    with open(PATH, "rb") as file:
        return msgspec.json.decode(file.read(), type=dict[str, Entry])


def rule(code: str) -> Rule:
    """A rule of this code and name, for the findings of its signatures."""
    return Rule(code, table()[code].name, since=table()[code].since)
