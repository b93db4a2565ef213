"""Numbers with their nouns, in the words of a message."""

from __future__ import annotations

import re

_VERBS = {"are": "is", "have": "has", "hold": "holds", "take": "takes"}
_NOUNS = (
    *("arrays", "axes", "batches", "bytes", "characters", "classes", "columns", "entries"),
    *("files", "inputs", "layers", "outputs", "parts", "rows", "sequences", "steps", "things"),
    *("units", "values", "variables"),
)
# `axis 1 values` and `0.1 values` count nothing.
_ONE = re.compile(
    r"(?<![\w.,:/-])(?<!axis )(?<!row )(?<!step )(?<!batch )1 (?P<of>(?:more|real|stored|such) )?"
    rf"(?P<noun>{'|'.join(_NOUNS)})\b(?: (?P<verb>{'|'.join(_VERBS)})\b)?"
)


def many(count: int, noun: str) -> str:
    """How many there are of something, with the noun in its number.

    >>> many(1, "row"), many(2000, "row"), many(0, "axis"), many(3, "batch")
    ('1 row', '2,000 rows', '0 axes', '3 batches')
    """
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """More than one of what a noun names.

    >>> plural("entry"), plural("class"), plural("axis")
    ('entries', 'classes', 'axes')
    """
    if noun.endswith("axis"):
        return noun[:-2] + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "ch", "x")) else "s")


def singular(nouns: str) -> str:
    """One of them.

    >>> singular("axes"), singular("batches"), singular("entries"), singular("bytes")
    ('axis', 'batch', 'entry', 'byte')
    """
    if nouns == "axes":
        return "axis"
    if nouns.endswith("ies"):
        return nouns[:-3] + "y"
    return nouns[:-2] if nouns.endswith(("ches", "sses")) else nouns[:-1]


def agreed(text: str) -> str:
    """A text in which one of something is told as one, with its verb.

    >>> agreed("`x` has shape (3,), 1 axes; 1 rows are so")
    '`x` has shape (3,), 1 axis; 1 row is so'
    """

    def one(found: re.Match[str]) -> str:
        verb = f" {_VERBS[found['verb']]}" if found["verb"] else ""
        return f"1 {found['of'] or ''}{singular(found['noun'])}{verb}"

    return _ONE.sub(one, text)
