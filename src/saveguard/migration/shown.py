"""What a migration would do, and what several did, as text."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from saveguard.finding import printable
from saveguard.migration.folder import Done
from saveguard.migration.origin import saved_by
from saveguard.migration.plan import Plan

_WIDTH = 88
_ORDER = ("not migrated", "differs", "not proven", "equal")


def steps(plan: Plan) -> str:
    """The changes, what is missing, and what is not carried over."""
    source = plan.source
    written = saved_by(source.keras, source.facts.versions.get("tensorflow", ""))
    head = f"{source.path}: saved by {written or 'a release that it does not tell'}"
    lines = [printable(line) for line in (head, *_changes(plan), *_needs(plan))]
    return "\n".join(lines + [f"  not carried over: {printable(one)}" for one in plan.told])


def lambdas(plan: Plan) -> str:
    """What the file has of each Lambda's function: its source as far as it can be told, ..."""
    from saveguard.migration.lambdas import of, told

    found = [told.told(one) for one in of(plan.source.model)]
    lines = [line for one in found for line in one.splitlines()]
    return "\n".join(map(printable, lines or ["no Lambda has a function of Python in the file"]))


def difference(plan: Plan) -> str:
    """The configuration's change, as a unified diff of its JSON."""
    before, after = (_pretty(one) for one in (plan.source.model, plan.model))
    found = list(difflib.unified_diff(before, after, "old", "new", lineterm="", n=2))
    if plan.training is not None or plan.source.training is not None:
        before, after = (_pretty(one) for one in (plan.source.training, plan.training))
        names = ("old, compiled", "new, compiled")
        found += difflib.unified_diff(before, after, *names, lineterm="", n=2)
    return "\n".join(printable(line) for line in found)


def table(every: Sequence[Done]) -> str:
    """One line a file, the worst first, and how many there are of each kind."""
    ordered = sorted(every, key=lambda one: (_ORDER.index(one.verdict), one.old))
    width = max((len(one.old) for one in ordered), default=0)
    lines = [f"{one.verdict:12}  {one.old:{width}}  {one.told}" for one in ordered]
    counts: Counter[str] = Counter(one.verdict for one in every)
    told = ", ".join(f"{counts[name]} {name}" for name in reversed(_ORDER) if counts[name])
    return "\n".join([*map(printable, lines), f"{len(every)} files: {told or 'none to migrate'}"])


def _changes(plan: Plan) -> Iterator[str]:
    """Each change once, with the places where it was made."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for one in plan.applied:
        places.setdefault((one.step, one.told, one.exact), []).append(one.place)
    for (step, told, exact), where in places.items():
        close = "" if exact == "equal" else " (changes numbers)"
        at = ", ".join(where[:3]) + (f" and {len(where) - 3} more" if len(where) > 3 else "")
        yield f"  {step}: {told}{close}  [{at}]"
    if not places:
        yield "  nothing has to be changed"


def _needs(plan: Plan) -> Iterator[str]:
    for one in plan.needs:
        arguments = ", ".join(f"{key}={_short(value)}" for key, value in one.arguments.items())
        package = f" (of {one.package})" if one.package else ""
        look = "; what it was: --show-lambdas" if one.role == "lambda" else ""
        yield f"  needs {one.role} {one.name}{package}: --custom MODULE:{one.name}{look}"
        yield f"    in {', '.join(one.places[:4])}"
        yield f"    {one.name}({arguments})"[:4096]


def _short(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= _WIDTH // 2 else f"{told[: _WIDTH // 2]}…"


def _pretty(document: Mapping[str, Any] | None) -> list[str]:
    if document is None:
        return []
    return json.dumps(document, indent=1, sort_keys=True, default=str).splitlines()
