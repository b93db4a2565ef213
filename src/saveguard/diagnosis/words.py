"""The words that a pattern cannot do without, so that most patterns need not be compiled.

A hundred regular expressions take longer to compile than everything else that is done to explain a
traceback. They stand in the table of signatures (`rules.signatures`).
"""

from __future__ import annotations

from re import _parser  # type: ignore[attr-defined]
from typing import Any

SHORTEST = 3


def words(pattern: str) -> tuple[str, ...]:
    """Small-letter words of which any text that matches holds one; empty: none is needed."""
    found = _any_of(_parser.parse(pattern))
    kept = tuple(sorted({" ".join(word.split()).lower() for word in found or ()}))
    return kept if kept and min(map(len, kept)) >= SHORTEST else ()


def _any_of(tree: Any) -> set[str] | None:
    """One of these is in each match; None where nothing can be said."""
    options: list[set[str]] = []
    run = ""
    for kind, told in tree:
        name = str(kind)
        if name == "LITERAL":
            run += chr(told)
            continue
        options, run = _with(options, run), ""
        inner = _inner(name, told)
        if inner:
            options.append(inner)
    options = _with(options, run)
    return max(options, key=lambda words: min(map(len, words)), default=None)


def _with(options: list[set[str]], run: str) -> list[set[str]]:
    return [*options, {run.strip()}] if len(run.strip()) >= SHORTEST else options


def _inner(name: str, told: Any) -> set[str] | None:
    if name == "SUBPATTERN":
        return _any_of(told[-1])
    if name in ("MAX_REPEAT", "MIN_REPEAT") and told[0] > 0:
        return _any_of(told[2])
    if name == "BRANCH":
        branches = [_any_of(branch) for branch in told[1]]
        if all(branches):
            return set().union(*(branch for branch in branches if branch))
    return None
