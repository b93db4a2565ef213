"""What a preprocessing gives now, held against what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.contract import Preprocessing
from saveguard.facts import Drift, Prepared, PreprocessingFacts


def read(recorded: Preprocessing, answer: Mapping[str, Any]) -> PreprocessingFacts:
    """The facts of a preprocessing, from what `saveguard.child.prepare.again` answered."""
    if "missing" in answer:
        return PreprocessingFacts(
            name=recorded.name, path=recorded.path, missing=str(answer["missing"])
        )
    raised = answer.get("raised", {})
    return PreprocessingFacts(
        name=recorded.name,
        path=recorded.path,
        raised=raised.get("error", ""),
        raised_for=raised.get("raw", ""),
        definitions=tuple(_changes(recorded.definitions, answer["definitions"])),
        settings=tuple(_settings(recorded.settings, answer["settings"])),
        libraries=tuple(_changes(recorded.libraries, answer["libraries"])),
        outputs=tuple(Prepared(**row) for row in answer["outputs"]),
        pairs=0 if recorded.random else len(recorded.pairs),
    )


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Drift]:
    """What changed, went or came; where one side is empty, nobody could look."""
    if before and after:
        for what in [*before, *(name for name in after if name not in before)]:
            if before.get(what, "") != after.get(what, ""):
                yield Drift(what=what, before=before.get(what, ""), after=after.get(what, ""))


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Drift]:
    for holder, values in before.items():
        now = after.get(holder)
        if now is None:
            yield Drift(what=holder, before="there")
            continue
        for attribute, value in values.items():
            if attribute in now and not same(value, now[attribute]):
                yield _change(f"{holder}.{attribute}", value, now[attribute])


def same(was: Any, now: Any) -> bool:
    """Whether two plain values agree, floating point numbers to their sixth digit."""
    if isinstance(was, float) and isinstance(now, int | float):
        return bool(was == now or abs(was - now) <= 1e-6 * max(abs(was), abs(now)))
    if isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) and all(map(same, was, now))
    return bool(was == now)


def _change(what: str, was: Any, now: Any) -> Drift:
    """Two values; of two lists, the first place where they part, and their lengths."""
    was, now = _listed(was), _listed(now)
    if not (isinstance(was, tuple) and isinstance(now, tuple)):
        return Drift(what=what, before=short(was), after=short(now))
    (first, old), (second, new) = was, now
    at = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    if at is None:
        return Drift(what=what, before=f"{old:,} terms", after=f"{new:,} terms")
    lengths = ("", "") if old == new else (f" of {old:,} terms", f" of {new:,} terms")
    return Drift(
        what=f"{what}[{at}]",
        before=short(first[at]) + lengths[0],
        after=short(second[at]) + lengths[1],
    )


def _listed(value: Any) -> Any:
    """A list as (its first terms, its length), and anything else as it is."""
    if isinstance(value, dict) and value.keys() == {"first", "length", "digest"}:
        return value["first"], value["length"]
    return (value, len(value)) if isinstance(value, list) else value


def short(value: Any) -> str:
    """A value in at most 60 characters; of an array, its shape and dtype."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{value.dtype} array {list(value.shape)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
