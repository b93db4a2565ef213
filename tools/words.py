"""Write `saveguard.rules.words`: which words each rule's traceback signatures need.

python tools/words.py            write it
python tools/words.py --check    exit with 1 where it is not what it would write
"""

from __future__ import annotations

import sys
from pathlib import Path

from saveguard.diagnosis.words import words
from saveguard.rules import registry

WRITTEN = Path(registry.__file__).with_name("words.py")
TEXT = '''\
"""Words that each rule's signatures need, one tuple a signature. Written by `make rules`."""

from __future__ import annotations

WORDS: dict[str, tuple[tuple[str, ...], ...]] = {{
{rows}
}}
'''


def text() -> str:
    rows = [
        f'    "{rule.code}": (\n'
        + "".join(f"        {_tuple(words(s.pattern))},\n" for s in rule.signatures)
        + "    ),"
        for rule in registry.all_rules()
        if rule.signatures
    ]
    return TEXT.format(rows="\n".join(rows))


def _tuple(found: tuple[str, ...]) -> str:
    quoted = [_quoted(word) for word in found]
    one = f"({', '.join(quoted)}{',' * (len(quoted) == 1)})"
    if len(one) <= 90:
        return one
    cut = [f"{word[:1]}{_cut(word[1:-1])}{word[-1:]}" for word in quoted]
    return "(\n" + "".join(f"            {word},\n" for word in cut) + "        )"


def _cut(word: str) -> str:
    """A part of a word does as well as all of it."""
    return word if "\\" in word else word[:60]


def _quoted(word: str) -> str:
    told = repr(word)
    if told.startswith("'") and '"' not in word:
        return '"' + told[1:-1].replace("\\'", "'") + '"'
    return told


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(WRITTEN.read_text(encoding="utf-8") != text())
    WRITTEN.write_text(text(), encoding="utf-8")
