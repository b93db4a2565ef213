"""The controls as a page: a table of formats, the false alarms, and what was borne out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import get_args

from trial import FORMATS, Trial, Verdict

COMMAND = "make controls"
INTRODUCTION = f"""# Files with nothing wrong

This page is written by `{COMMAND}`; do not edit it.

Every architecture of `keras.applications`, and every built-in layer of Keras in the configurations
of Keras's own tests, was saved fresh, with nothing but its initializers' values, in every format.
Then `saveguard.check` read each file, and plain Keras loaded it, knowing no class but its own. A
finding is **borne out** where that reload fails or gives back something else, and else a **false
alarm**. **Missed** are files that do not load and about which the check has nothing to say.
Left out are classes that Keras's tests define: those tests lie in Keras's package, where whoever
runs them can import them.
"""
LONGEST = 240
_PATHS = re.compile(r"(?:/[\w.+@-]+){2,}/([\w.+@-]+)")


def summary(found: Iterable[Trial]) -> str:
    """One line: files, and how many of each verdict."""
    saved = [one for one in found if not one.unsaved]
    counts = Counter(one.verdict for one in saved)
    told = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in get_args(Verdict))
    return f"{len(saved):,} files: {told}"


def wrong(found: Iterable[Trial]) -> list[Trial]:
    """The false alarms."""
    return [one for one in found if one.verdict == "false alarm"]


def text(found: Sequence[Trial], environment: str) -> str:
    """The whole page."""
    parts = {
        "Applications": [one for one in found if not one.kind],
        "Layers": [one for one in found if one.kind],
    }
    blocks = [INTRODUCTION.rstrip(), f"{environment}. **{summary(found)}.**"]
    for title, trials in parts.items():
        subjects = len({one.kind or one.name for one in trials})
        blocks += [f"## {title}", f"{subjects} of them.", _table(trials)]
    for title, verdict in (
        ("False alarms", "false alarm"),
        ("Missed", "missed"),
        ("Borne out", "borne out"),
    ):
        blocks += [f"## {title}", _grouped([one for one in found if one.verdict == verdict])]
    blocks += ["## Not saved by Keras", _unsaved([one for one in found if one.unsaved])]
    return "\n\n".join(blocks) + "\n"


def _table(trials: Sequence[Trial]) -> str:
    verdicts = get_args(Verdict)
    lines = [
        "| format | files | " + " | ".join(verdicts) + " |",
        "|---" * (len(verdicts) + 2) + "|",
    ]
    for form in FORMATS:
        mine = [one for one in trials if one.format == form and not one.unsaved]
        counts = Counter(one.verdict for one in mine)
        cells = [f"{len(mine):,}", *(f"{counts[verdict]:,}" for verdict in verdicts)]
        lines.append(f"| {form} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _grouped(trials: Iterable[Trial]) -> str:
    """One entry for all files of which the same is told, by layer."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in trials:
        told = "; ".join(one.told) or "nothing"
        true = one.true[0] if one.true else "it comes back whole"
        key = (one.kind or one.name, one.format, _clean(told), _clean(true))
        groups.setdefault(key, []).append(one.name)
    if not groups:
        return "None."
    return "\n".join(
        f"- {kind}, {form} ({len(names)}): {told}. Keras: {true}"
        for (kind, form, told, true), names in groups.items()
    )


def _unsaved(trials: Iterable[Trial]) -> str:
    groups: dict[tuple[str, str], Counter[str]] = {}
    for one in trials:
        key = (one.kind or one.name, _clean(one.unsaved))
        groups.setdefault(key, Counter())[one.format] += 1
    if not groups:
        return "Nothing."
    return "\n".join(
        f"- {kind}, {', '.join(f'{form} ({count})' for form, count in forms.items())}: {said}"
        for (kind, said), forms in groups.items()
    )


def _clean(line: str) -> str:
    """A line without a machine's paths and addresses, as code, cut to what a line holds."""
    told = _PATHS.sub(r"…/\1", " ".join(line.split())).replace("`", "'")
    told = re.sub(r"0x[0-9a-f]+", "0x…", told)
    return f"`{told if len(told) <= LONGEST else told[:LONGEST].rstrip() + ' …'}`"
