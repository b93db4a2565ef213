"""`saveguard.diff`: how two saved models differ, read without a framework."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import msgspec

from saveguard.archive import topology
from saveguard.archive.budget import Damaged, NotUnderstood, OverBudget
from saveguard.archive.read import read
from saveguard.examine import pairs
from saveguard.examine.changes import changes
from saveguard.examine.difference import ArrayChange, Change, Difference, Kind
from saveguard.facts import ArchiveFacts
from saveguard.remote.near import near

Path = str | os.PathLike[str]
# Lists of names that say where arrays are, and what tells of the writer alone.
_NOT_CONFIGURATION = {"@layer_names", "@weight_names", "metadata.json", "saved_model.pb"}
_FAMILY = {"folder": "keras"}


def diff(before: Path, after: Path) -> Difference:
    """Compare two saved models, of one layout or of two.

    Args:
        before: A `.keras` file, its unpacked folder, an `.h5` file, weights alone, or a SavedModel;
            or the address of one, `s3://bucket/m.keras`.
        after: Another one.

    Raises:
        OSError: If one cannot be opened, other than because it does not exist.
        SaveguardError: SG742, if the store behind an address is not reached.
    """
    with near(before) as one, near(after) as other:
        return of(_named(one, before), _named(other, after))


def _named(copy: str, path: Path) -> ArchiveFacts:
    facts = read(copy, digests=False)
    return msgspec.structs.replace(facts, path=os.fspath(path))


def of(before: ArchiveFacts, after: ArchiveFacts) -> Difference:
    """How two archives that were read differ; the values of their arrays are read now."""
    not_compared = [
        f"{facts.path}: {told}"
        for facts in (before, after)
        for told in ([facts.damage] * bool(facts.damage) + [_unread(p) for p in facts.unread])
    ]
    configuration = list(_configuration(before, after, not_compared))
    found, alone = pairs.same_arrays(before, after)
    not_compared += alone
    compared, arrays = 0, []
    for pair in found:
        try:
            change = _array(pair, before, after)
        except (Damaged, NotUnderstood, OverBudget, OSError) as error:
            not_compared.append(f"{pair.before and pair.before.path}: {error}")
            continue
        compared += pair.before is not None and pair.after is not None
        arrays += [change] if change is not None else []
    return Difference(
        before=before.path,
        after=after.path,
        versions=(dict(before.versions), dict(after.versions)),
        configuration=tuple(configuration),
        arrays=tuple(arrays),
        compared=compared,
        not_compared=tuple(not_compared),
    )


def _unread(part: Any) -> str:
    return f"{part.what}: {part.why}"


def _configuration(
    before: ArchiveFacts, after: ArchiveFacts, not_compared: list[str]
) -> Iterator[Change]:
    roots = topology.root(before.nodes), topology.root(after.nodes)
    families = {_FAMILY.get(facts.layout, facts.layout) for facts in (before, after)}
    if len(families) == 1:
        main = roots[0].document if roots[0] is not None else ""
        for name in _documents(before) | _documents(after):
            path = "$" if name == main else f"{name}:$"
            yield from _document(before.documents.get(name), after.documents.get(name), path)
    elif roots[0] is not None and roots[1] is not None:
        yield from changes(_model(roots[0].raw), _model(roots[1].raw))
        not_compared.append("what the models were compiled with: the layouts keep it differently")
    elif roots != (None, None):
        alone = before if roots[0] is None else after
        not_compared.append(f"the configuration: {alone.path} has none")


def _document(before: Any, after: Any, path: str) -> Iterator[Change]:
    if before is None or after is None:
        kind: Kind = "added" if before is None else "removed"
        yield Change(kind=kind, path=path, before=before, after=after)
    else:
        yield from changes(before, after, path)


def _documents(facts: ArchiveFacts) -> dict[str, None]:
    return dict.fromkeys(name for name in facts.documents if name not in _NOT_CONFIGURATION)


def _model(raw: Any) -> dict[str, Any]:
    """What every layout says of a model."""
    kept = ("module", "class_name", "config")
    return {key: raw[key] for key in kept if key in raw}


def _array(pair: pairs.Pair, before: ArchiveFacts, after: ArchiveFacts) -> ArrayChange | None:
    """What differs in one array; None where nothing does."""
    sides = [(pair.before, before), (pair.after, after)]
    there = [one for one, _ in sides if one is not None]
    told = [pairs.told(facts, one) if one is not None else "" for one, facts in sides]
    found = ArrayChange(
        kind="changed",
        before=told[0],
        after=told[1],
        layer=pair.layer,
        role=there[0].role,
        shapes=tuple(one.shape for one in there),
        dtypes=tuple(one.dtype for one in there),
    )
    if pair.before is None or pair.after is None:
        kind: Kind = "added" if pair.before is None else "removed"
        return msgspec.structs.replace(found, kind=kind)
    if pair.before.shape != pair.after.shape:
        return found
    from saveguard.examine.numbers import compare

    numbers = compare(pair.before, pair.after)
    if numbers.differing == 0 and pair.before.dtype == pair.after.dtype:
        return None
    return msgspec.structs.replace(found, **numbers._asdict())
