"""One table out of all releases: each symbol with the releases that have it in that form."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from constructors import Place
from guards import guards
from names import ROOMS, names
from sources import Sources
from symbols import Definition, place_paths, symbols

# `[since, until, index, since, until, index, ...]`: positions in `releases`, both included.
Spans = list[int]


@dataclass
class Release:
    """What one release was found to have, by full path."""

    version: str
    symbols: dict[str, Definition]
    names: dict[str, str]
    guards: set[str]


def read(version: str, wheel: Path) -> Release:
    """One release out of its wheel."""
    sources = Sources(wheel)
    marked = version.startswith("3.") or int(version.split(".")[1]) >= 6
    found = symbols(sources, marked)
    paths = place_paths(sources)
    short = {
        f"{role} {name}": _path(place, paths.get(place, []), role)
        for (role, name), place in names(sources).items()
    }
    known = {name: path for name, path in short.items() if path in found}
    return Release(version, found, known, guards(sources))


def _path(place: Place, paths: list[str], role: str) -> str:
    """The public path that belongs to a role; of a definition without one, where it stands."""
    rooms = [room for room, owner in ROOMS.items() if owner == role]
    fitting = [path for path in paths if path.split(".")[1] in rooms]
    return (fitting or paths or [".".join(place)])[0]


def packed(releases: list[Release]) -> bytes:
    """The tables of all releases, oldest first, as they are shipped."""
    definitions: dict[tuple[Any, ...], int] = {}
    every = sorted({path for release in releases for path in release.symbols})
    place = {path: index for index, path in enumerate(every)}
    table = {
        "releases": [release.version for release in releases],
        "symbols": {
            path: _spans([_index(definitions, release.symbols.get(path)) for release in releases])
            for path in every
        },
        "names": {
            name: _spans([place.get(release.names.get(name, "")) for release in releases])
            for name in sorted({name for release in releases for name in release.names})
        },
        "guards": {
            name: _spans([0 if name in release.guards else None for release in releases])
            for name in sorted({name for release in releases for name in release.guards})
        },
        "definitions": list(definitions),
    }
    return zlib.compress(msgspec.msgpack.encode(table), 9)


def _index(definitions: dict[tuple[Any, ...], int], definition: Definition | None) -> int | None:
    if definition is None:
        return None
    form = (
        definition.kind == "class",
        definition.role,
        definition.base,
        definition.saveable,
        definition.catch_all,
        " ".join(definition.arguments),
        " ".join(definition.required),
        " ".join(definition.dropped),
    )
    return definitions.setdefault(form, len(definitions))


def _spans(values: list[int | None]) -> Spans:
    """Runs of one value as `since, until, value`; gaps where it is None."""
    spans: Spans = []
    for position, value in enumerate(values):
        if value is None:
            continue
        if spans and spans[-1] == value and spans[-2] == position - 1:
            spans[-2] = position
        else:
            spans += [position, position, value]
    return spans
