"""docs/raises.md and the coverage: what became of every raise of every release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
from extract import Raise
from reasons import REASONS
from releases import RELEASES
from scope import AREAS, area
from table import Row, key

from saveguard.rules.signatures import table as signatures

PAGE = Path(__file__).resolve().parents[2] / "docs" / "raises.md"
_HEAD = """# Every raise

`make raises` reads the sources of {releases} releases and finds every `raise` in the code that
saves, loads, builds graphs, and takes data. Each has the code of the rule that explains it, or a
reason why it has none. The table is [tools/raises/table.jsonl](../tools/raises/table.jsonl): one
line a distinct raise, with its exception, its message, the releases, and its place in the oldest
and in the newest of them.

The table is held to what Saveguard does. `python tools/raises/run.py --check`, and a test, make a
traceback of every row, with plausible values in its message and the frame that raises, and explain
it: it must get the row's code first, and nothing where the row has a reason.

This says that messages are known, not that causes are told apart: one message may have several
causes, which frames, stage and release then decide. [Explaining](explain.md) has the figures of
real tracebacks.
"""


class Count(msgspec.Struct, frozen=True):
    """How many raises a release has, and what the table says of them."""

    release: str
    all: int
    code: int
    reason: int

    @property
    def neither(self) -> int:
        return self.all - self.code - self.reason


def counted(found: dict[str, list[Raise]], rows: Iterable[Row]) -> list[Count]:
    """The coverage, a release at a time."""
    said = {row.key: row for row in rows}
    counts = []
    for release, statements in found.items():
        of = [said[key(one)] for one in statements]
        codes, reasons = sum(bool(row.code) for row in of), sum(bool(row.why) for row in of)
        counts.append(Count(release, len(of), codes, reasons))
    return counts


def coverage(counts: Iterable[Count]) -> str:
    """The figures as a table for a terminal, which Markdown reads as well."""
    lines = ["| release | raises | with a code | with a reason | neither |"]
    lines += ["| --- | ---: | ---: | ---: | ---: |"]
    for one in counts:
        lines.append(f"| {one.release} | {one.all} | {one.code} | {one.reason} | {one.neither} |")
    return "\n".join(lines)


def write(found: dict[str, list[Raise]], rows: list[Row], counts: list[Count]) -> None:
    """docs/raises.md."""
    parts = [_HEAD.format(releases=len(RELEASES))]
    parts.append(f"## Coverage\n\n{len(rows)} distinct raises.\n\n{coverage(counts)}\n")
    parts.append(f"## Which modules\n\n{_modules(found)}\n")
    parts.append(f"## Codes\n\n{_codes(rows)}\n")
    parts.append(f"## Reasons\n\n{_reasons(rows)}\n")
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def _modules(found: dict[str, list[Raise]]) -> str:
    """For each release, its modules by area, of those that raise."""
    lines = ["Below Keras's own folder; modules that raise nothing are left out.\n"]
    for release, statements in found.items():
        paths = sorted({one.module for one in statements})
        lines.append(
            f"**{release}** (`{RELEASES[release][3]}`, {' '.join(RELEASES[release][:2])})\n"
        )
        for name in AREAS:
            of = [f"`{path}`" for path in paths if area(path) == name]
            lines += [f"- {name}: {', '.join(of)}"] if of else []
        lines.append("")
    return "\n".join(lines).rstrip()


def _codes(rows: Iterable[Row]) -> str:
    names = signatures()
    counts = Counter(row.code for row in rows if row.code)
    lines = ["| code | rule | distinct raises |", "| --- | --- | ---: |"]
    for code, count in sorted(counts.items()):
        lines.append(f"| [{code}](rules/{code}.md) | {names[code].name} | {count} |")
    return "\n".join(lines)


def _reasons(rows: Iterable[Row]) -> str:
    counts = Counter(row.why for row in rows if row.why)
    lines = ["| reason | distinct raises | |", "| --- | ---: | --- |"]
    lines += [f"| {name} | {counts[name]} | {told} |" for name, told in REASONS.items()]
    return "\n".join(lines)
