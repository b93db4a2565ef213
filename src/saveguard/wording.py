"""Numbers with their nouns, in the words of a message."""

from __future__ import annotations


def many(count: int, noun: str) -> str:
    """How many there are of something, with the noun in its number.

    >>> many(1, "row"), many(2000, "row"), many(0, "axis"), many(3, "batch")
    ('1 row', '2,000 rows', '0 axes', '3 batches')
    """
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """More than one of what a noun names: only its last word changes.

    >>> plural("entry"), plural("class")
    ('entries', 'classes')
    """
    if noun.endswith("axis"):
        return noun[:-2] + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "ch", "x")) else "s")
