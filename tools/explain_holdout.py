"""Leave one release out: what of its errors is named by what the other releases taught.

    python tools/explain_holdout.py

For each release, every alternative of a pattern that only this release's recordings show is taken
out of the signatures, and its recordings are explained with what is left. An alternative that no
recording shows was written from a public report, and stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import msgspec
from explain_score import first, own, told

from saveguard.diagnosis.parse import traces
from saveguard.rules import signatures
from saveguard.rules.signatures import Entry

SHOWN_BY = dict[tuple[str, int, int], set[str]]


def alternatives(pattern: str) -> list[str]:
    """The parts of a pattern between the `|` that stand outside all brackets."""
    parts, depth, start, place = [], 0, 0, 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif sign == "[":
            place = pattern.index("]", place + 2)
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]


def release(name: str) -> str:
    """`tensorflow-2.10.1-3` -> `tensorflow-2.10.1`."""
    return name.rpartition("-")[0]


def every_alternative() -> Iterator[tuple[str, int, int, str]]:
    for code, entry in signatures.table().items():
        for number, signature in enumerate(entry.signatures):
            for place, part in enumerate(alternatives(signature.pattern)):
                yield code, number, place, part


def shown_by(recordings: list[tuple[str, str, str]]) -> SHOWN_BY:
    """The releases of whose recordings an alternative matches one."""
    messages = defaultdict(list)
    for code, name, text in recordings:
        told = "\n".join(one.message for trace in traces(text) for one in trace.raised)
        messages[code].append((release(name), told))
    found: SHOWN_BY = defaultdict(set)
    for code, number, place, part in every_alternative():
        known = re.compile(part)
        found[code, number, place] = {who for who, told in messages[code] if known.search(told)}
    return found


def without(left_out: str, shown: SHOWN_BY, whole: dict[str, Entry]) -> dict[str, Entry]:
    """The table without what only the recordings of one release show."""
    table = {}
    for code, entry in whole.items():
        kept, words = [], []
        for number, signature in enumerate(entry.signatures):
            parts = [
                part
                for place, part in enumerate(alternatives(signature.pattern))
                if shown[code, number, place] != {left_out}
            ]
            if parts:
                kept.append(_with_groups(signature, "|".join(parts)))
                words.append(entry.words[number])
        table[code] = Entry(entry.name, entry.since, tuple(words), tuple(kept))
    return table


def _with_groups(signature: signatures.Signature, pattern: str) -> signatures.Signature:
    """The signature with another pattern; the names that it lost are told as nothing."""
    lost = set(re.findall(r"\(\?P<(\w+)>", signature.pattern))
    lost -= set(re.findall(r"\(\?P<(\w+)>", pattern))
    empty = "".join(f"(?P<{name}>(?!))?" for name in sorted(lost))
    return msgspec.structs.replace(signature, pattern=pattern + empty)


def main() -> None:
    recordings = own()
    whole = signatures.table()
    shown = shown_by(recordings)
    right = 0
    for left_out in sorted({release(name) for _, name, _ in recordings}):
        reduced = without(left_out, shown, whole)
        signatures.table = lambda reduced=reduced: reduced
        its = [(code, text) for code, name, text in recordings if release(name) == left_out]
        named = sum(first(text)[0] == code for code, text in its)
        told(f"without {left_out}", named, len(its))
        right += named
    told("all", right, len(recordings))


if __name__ == "__main__":
    main()
