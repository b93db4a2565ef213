"""The part of docs/migrating.md about real files of other projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from real import Tried

TOLD = """### Real files of other projects

What public projects keep in their repositories, not made for this: tried by tools/migrating/real.py
(`make migrations REAL=FOLDER`) in plain Keras, by `saveguard check`, and by the migration, which is
held against the nearest release that runs here. "No model" are weights alone, pointers of Git LFS,
files that are cut short or of another tool; each is told by a code. Code in a file is not run to
get an old version's answers, so that files with a Lambda count among those that need a class.
"""
VERDICTS = ("equal", "not compared", "needs a class", "no model", "differs", "refused")


def section(tried: Sequence[Tried]) -> str:
    """Figures, the table, and what was missed."""
    return "\n\n".join([TOLD.rstrip(), f"**{summary(tried)}**", table(tried), misses(tried)])


def summary(tried: Sequence[Tried]) -> str:
    """One paragraph of figures."""
    verdicts = Counter(one.verdict for one in tried)
    alone = [one for one in tried if one.verdict not in ("needs a class", "no model")]
    plain = Counter(one.plain.did for one in alone)
    compared = len(alone) - verdicts["not compared"]
    silent = [one for one in alone if one.plain.did in ("otherwise", "raised")]
    warned = sum(bool(one.warned) for one in silent)
    wrong = sum(one.loads == (one.plain.did == "refused") for one in tried)
    return (
        f"{len(tried)} files of {len({one.project for one in tried})} projects. Of {len(alone)}"
        f" models that need no class, plain Keras loads"
        f" {len(alone) - plain['refused']}: {plain['equal'] + plain['ran']} answer as they did,"
        f" {plain['otherwise']} answer otherwise without a word, and {plain['raised']} raise when"
        f" called; the check has a warning for {warned} of those {len(silent)}. Migrated,"
        f" {verdicts['equal']} of the {compared} that could be compared are"
        f" equal ({verdicts['equal'] / max(1, compared):.1%}). The check was wrong about"
        f" {wrong} of all {len(tried)}."
    )


def table(tried: Iterable[Tried]) -> str:
    """Releases and formats down, verdicts across."""
    groups: dict[tuple[str, str], list[Tried]] = {}
    for one in sorted(tried, key=lambda one: _numbers(one.version)):
        groups.setdefault((_release(one.version), one.format or "none"), []).append(one)
    heads = ("Keras", "format", "files", "projects", "plain Keras is equal", *VERDICTS)
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for (release, kind), rows in groups.items():
        counts = Counter(one.verdict for one in rows)
        plain = sum(one.plain.did == "equal" for one in rows)
        projects = len({one.project for one in rows})
        cells = [release, kind, len(rows), projects, plain, *(counts[name] for name in VERDICTS)]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def misses(tried: Iterable[Tried]) -> str:
    """What differs or is refused, and how many files of which release."""
    found = [one for one in tried if one.verdict in ("differs", "refused")]
    lines = [
        f"- Keras {one.version} ({one.format}), {one.verdict}: `{_short(one.told)}`{_moved(one)}"
        for one in sorted(found, key=lambda one: _numbers(one.version))
    ]
    return "\n".join(lines) or "No misses."


def _moved(one: Tried) -> str:
    if one.moved is None:
        return ""
    return f"; inputs rounded once move the new model's own answer by {one.moved:.1e} of it"


def _short(told: str) -> str:
    return " ".join(told.split()).replace("`", "'")[:160].rstrip()


def _release(version: str) -> str:
    return ".".join(version.split("-")[0].split(".")[:2]) or "not told"


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split("-")[0].split(".") if part.isdigit()]
