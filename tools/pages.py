"""Write docs/rules from the rules: a page for each, and an index by code and by message.

Also writes `saveguard.rules.senses`, which tells what notices a rule without importing it.

    python tools/pages.py            write the pages
    python tools/pages.py --check    exit with 1 where they are not what it would write

A rule's page is its module's docstring, so the pages are never edited by hand.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from saveguard.report import page
from saveguard.rules import registry

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"
INDEX = "README.md"
SENSES = Path(registry.__file__).with_name("senses.py")
SENSES_TEXT = '''\
"""What notices each rule, so that a sense imports no other rules. Written by `make rules`."""

from __future__ import annotations

SENSES: dict[str, tuple[str, ...]] = {{
{rows}
}}
'''
INDEX_TEXT = """\
# Rules

One page a root cause; `saveguard explain CODE` prints the same. Codes are never reused or renamed.

## By code

| code | name | what it is |
| --- | --- | --- |
{rows}

## By message

What Keras, TensorFlow or the operating system say, and the rule behind it.

{messages}
"""


def pages() -> dict[str, str]:
    """The text of every file in docs/rules, by name."""
    written = {f"{rule.code}.md": _page(rule.code) for rule in registry.all_rules()}
    return {INDEX: _index(), **written}


def _page(code: str) -> str:
    text = registry.page(code)
    body = text.split("\n\n", 1)[1]
    return f"# {page.headline(text)}\n\n`{page.heading(registry.rule(code))}`\n\n{body}\n"


def _index() -> str:
    rules = registry.all_rules()
    texts = {rule.code: registry.page(rule.code) for rule in rules}
    titles = {code: page.headline(text).replace("|", "\\|") for code, text in texts.items()}
    rows = [f"| [{r.code}]({r.code}.md) | {r.name} | {titles[r.code]} |" for r in rules]
    quoted: dict[str, list[str]] = {}
    for code, text in sorted(texts.items()):
        for message in page.messages(text):
            quoted.setdefault(message, []).append(code)
    lines = [
        f"- `` {message} `` " + ", ".join(f"[{code}]({code}.md)" for code in dict.fromkeys(codes))
        for message, codes in sorted(quoted.items(), key=lambda pair: pair[0].lower())
    ]
    return INDEX_TEXT.format(rows="\n".join(rows), messages="\n".join(lines))


def senses() -> str:
    """The text of `saveguard.rules.senses`."""
    told = {rule.code: [f'"{sense}"' for sense in rule.senses] for rule in registry.all_rules()}
    tuples = {code: f"({', '.join(s)}{',' * (len(s) == 1)})" for code, s in told.items()}
    return SENSES_TEXT.format(rows="\n".join(f'    "{c}": {t},' for c, t in tuples.items()))


def differences(folder: Path) -> list[str]:
    """The names of files in `folder` that are missing, stale or no longer wanted."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(
        name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)
    )


def write(folder: Path) -> None:
    """Write every page, and remove those of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages; 0 when they are as they should be."""
    parser = argparse.ArgumentParser(description="Write docs/rules from the rules.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    if not parser.parse_args(arguments).check:
        write(FOLDER)
        SENSES.write_text(senses(), encoding="utf-8")
        return 0
    stale = [f"docs/rules/{name}" for name in differences(FOLDER)]
    stale += [f"rules/{SENSES.name}"] * (SENSES.read_text(encoding="utf-8") != senses())
    for name in stale:
        print(f"{name} is not what the rules say; run `make rules`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
