"""Write saveguard/rules/signatures.json: every rule's traceback signatures, and their words.

python tools/signatures.py            write it
python tools/signatures.py --check    exit with 1 where it is not what it would write
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from saveguard.diagnosis.words import words
from saveguard.rules import registry
from saveguard.rules.signatures import PATH, Entry

WRITTEN = Path(PATH)


def text() -> str:
    """One line a rule, so that changes can be read."""
    lines = []
    for rule in registry.all_rules():
        if rule.signatures:
            needed = tuple(words(signature.pattern) for signature in rule.signatures)
            entry = Entry(rule.name, rule.since, needed, tuple(rule.signatures))
            lines.append(f'"{rule.code}": {msgspec.json.encode(entry).decode()}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(WRITTEN.read_text(encoding="utf-8") != text())
    WRITTEN.write_text(text(), encoding="utf-8")
