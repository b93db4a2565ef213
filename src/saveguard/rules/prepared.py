"""Two recordings of a preprocessing, an older and a newer one: what changed between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saveguard.child import compare, values
from saveguard.contract import Pair, Preprocessing
from saveguard.facts import Drift, Prepared, PreprocessingFacts


def between(older: Preprocessing, newer: Preprocessing) -> PreprocessingFacts:
    """What changed, with the raw examples of both that became other model inputs."""
    certain = not (older.random or newer.random)
    shared = [*_shared(older.pairs, newer.pairs)] if certain else []
    return PreprocessingFacts(
        # What the user wrote: a Keras pipeline's own name is seldom one that it was given.
        name=older.path.partition(":")[2] or older.name,
        path=newer.path or newer.name,
        definitions=tuple(_drifts(older.definitions, newer.definitions)),
        settings=tuple(_drifts(_flat(older.settings), _flat(newer.settings))),
        libraries=tuple(_drifts(older.libraries, newer.libraries)),
        outputs=tuple(row for at, one in enumerate(shared) for row in _outputs(at, *one)),
        pairs=len(shared),
    )


def _shared(older: tuple[Pair, ...], newer: tuple[Pair, ...]) -> Iterator[tuple[Pair, Pair]]:
    for one in older:
        yield from [(one, other) for other in newer if other.raw == one.raw][:1]


def _drifts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Drift]:
    if not (before and after):
        return  # one of the two is of another kind, or nobody could look
    for what in dict.fromkeys([*before, *after]):
        if before.get(what) != after.get(what):
            was, now = (str(held.get(what, ""))[:60] for held in (before, after))
            yield Drift(what=what, before=was, after=now)


def _flat(settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{one}.{name}": held for one, own in settings.items() for name, held in own.items()}


def _outputs(at: int, was: Pair, now: Pair) -> Iterator[Prepared]:
    """What one raw example became, and becomes, where the two differ."""
    for path in dict.fromkeys([*was.output, *now.output]):
        before, after = was.output.get(path), now.output.get(path)
        gap = _gap(before, after) if before and after else {}
        if gap is None:
            continue
        yield Prepared(
            example=at,
            raw=was.told,
            place=f"{path}{gap['index']}" if gap.get("index") else path,
            expected=gap.get("expected", _form(before)),
            got=gap.get("got", _form(after)),
            largest=gap.get("largest"),
        )


def _gap(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    if any(before.get(key) != after.get(key) for key in ("shape", "dtype", "step")):
        return {}
    kind = str(before["dtype"])
    relative = compare.tolerance_of(kind, None, False, False)
    pair = values.read(before), values.read(after)
    gap = compare.difference("", *pair, (kind,) * 2, relative)
    # Of a large input, elements at equal steps are recorded, and an index among them says nothing.
    return {**gap, "index": None} if gap and before.get("step", 1) > 1 else gap


def _form(held: Mapping[str, Any] | None) -> str:
    return f"{held['dtype']} {held['shape']}" if held else "nothing"
