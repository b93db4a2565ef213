r"""A file of text is whole, and in a form that is not read.

## What happens

What is told was not read, so the data are not known to be clean. Another encoding read as if it
were UTF-8 stops a reader, or gives texts, and so ids of a vocabulary, that nobody wrote.

## Why

A spreadsheet or an old program wrote Latin-1, Windows-1252 or UTF-16, or lines that end with CR
alone; `json.dump` wrote one array, where each line is to be one object; a join gave two columns
one name. The bytes are not damaged: a copy of the file does not help, a conversion does.

## Fix

    iconv -f ISO-8859-1 -t UTF-8 < a.csv > a.utf8.csv
    tr '\r' '\n' < a.csv > a.lf.csv
    jq -c '.[]' < a.json > a.jsonl

## Seen in

- pandas 3.0: "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 14: invalid
  continuation byte"; lines of JSON: "ValueError: Expected object or value".
- Python 3.11's csv: "Error: new-line character seen in unquoted field - do you need to open the
  file in universal-newline mode?"

## References

- https://docs.python.org/3/library/codecs.html#standard-encodings
- https://jsonlines.org
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG577", "text-in-another-form", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file} is in a form that is not read: {first.what}"
            f"{troubles.more(held)}",
            why="The bytes are whole, and nothing is converted by guess: what stands there was not"
            " read, so what is in it is not known.",
            fix=first.fix,
            certainty="certain",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """A name with an accent, as Latin-1 has it."""
    return _audit(tmp, "latin-1")


def good(tmp: Path) -> Call:
    """The same as UTF-8."""
    return _audit(tmp, "utf-8")


def _audit(tmp: Path, encoding: str) -> Call:
    (tmp / "names.csv").write_text("name,value\nZo\u00eb,1\nAda,2\n", encoding=encoding)
    return Call("audit", (tmp / "names.csv",))
