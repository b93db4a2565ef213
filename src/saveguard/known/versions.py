"""Releases, and what each of them has."""

from __future__ import annotations

import difflib
import functools
import zlib
from pathlib import Path

import msgspec

from saveguard.facts.frozen import Frozen
from saveguard.known.symbol import Symbol

LATEST = "3.15.1"
TABLES = Path(__file__).with_name("tables.bin")


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """A symbol's form, which several releases and several names may share."""

    is_class: bool
    role: str
    base: str
    saveable: bool
    catch_all: bool
    arguments: str
    required: str
    dropped: str


class Tables(msgspec.Struct, frozen=True):
    """The generated tables. Spans are `since, until, index` in a row, positions of `releases`."""

    releases: list[str]
    symbols: dict[str, list[int]]
    names: dict[str, list[int]]
    guards: dict[str, list[int]]
    definitions: list[Definition]


class UnknownReleaseError(ValueError):
    """No table holds the release that was asked for."""


class Release(Frozen, frozen=True):
    """One release of Keras.

    Attributes:
        version: `3.15.1`.
        guards: What its loader refuses, by name: `saveable-only`, `hdf5-links`, ...
    """

    version: str
    guards: frozenset[str]

    @property
    def position(self) -> int:
        """Where it stands among `releases()`."""
        return tables().releases.index(self.version)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version as numbers, for comparison."""
        return numbers(self.version)

    def symbol(self, name: str, module: str = "", role: str = "") -> Symbol | None:
        """What a file means by a name, or None where this release has nothing of that name.

        Args:
            name: The class or function, as the file spells it.
            module: The module beside it in the file. Without one, as in an `.h5` file, the
                name is looked up where loaders do so: among the short names of its role.
            role: What it is used for by its place; empty: any.
        """
        if module:
            return symbol_at(f"{module}.{name}", self.position)
        short = self.short_names.get(role, {}) if role else {}
        if name in short or (self.numbers >= (3,) and role in self.short_names):
            return symbol_at(short[name], self.position) if name in short else None
        return self._anywhere(name, role)

    @property
    def short_names(self) -> dict[str, dict[str, str]]:
        """Full paths by role and by the short name that the role's own room knows."""
        return _short_names(self.position)

    def _anywhere(self, name: str, role: str) -> Symbol | None:
        for path in _paths_by_name().get(name, ()):
            found = symbol_at(path, self.position)
            if found and (not role or _alike(found.role, role)):
                return found
        return None


def releases() -> tuple[str, ...]:
    """Every release in the tables, oldest first."""
    return tuple(tables().releases)


@functools.cache
def release(version: str) -> Release:
    """The tables of a release: `3.15.1`, or of the newest patch of `3.15`.

    Raises:
        UnknownReleaseError: No release of that version is known; the message names near ones.
    """
    every = tables().releases
    fitting = [v for v in every if v == version or v.startswith(version + ".")]
    exact = version if version in every else ""
    if not exact and not fitting and version.count(".") >= 2:
        fitting = _patches_before(version)
    if not exact and not fitting:
        near = difflib.get_close_matches(version, every, 3, 0.3) or every[-3:]
        raise UnknownReleaseError(
            f"Keras {version} is not in the tables; near ones are {', '.join(near)}"
        )
    chosen = exact or fitting[-1]
    position = every.index(chosen)
    guards = (name for name, spans in tables().guards.items() if _at(spans, position) is not None)
    return Release(version=chosen, guards=frozenset(guards))


def span(name: str, module: str = "", role: str = "") -> tuple[str, str] | None:
    """The first and the last release that have a symbol of that name, in any module if none."""
    paths = [f"{module}.{name}"] if module else _paths_by_name().get(name, ())
    positions = [
        position
        for path in paths
        for since, until, index in _threes(tables().symbols.get(path, []))
        if not role or _alike(tables().definitions[index].role, role)
        for position in (since, until)
    ]
    return _versions(positions)


def is_operation(name: str, release: Release) -> bool:
    """Whether a release has an operation of that name that is no layer: `GetItem`, `Relu`."""
    found = (symbol_at(path, release.position) for path in _paths_by_name().get(name, ()))
    return any(symbol and symbol.base == "Operation" for symbol in found)


def argument_span(path: str, argument: str) -> tuple[str, str] | None:
    """The first and the last release in which the symbol at a full path takes an argument."""
    positions = [
        position
        for since, until, index in _threes(tables().symbols.get(path, []))
        if argument in tables().definitions[index].arguments.split()
        for position in (since, until)
    ]
    return _versions(positions)


@functools.cache
def tables() -> Tables:
    """The generated tables, read once a process."""
    return msgspec.msgpack.decode(zlib.decompress(TABLES.read_bytes()), type=Tables)


@functools.cache
def symbol_at(path: str, position: int) -> Symbol | None:
    """The symbol at a full path in the release at a position."""
    index = _at(tables().symbols.get(path, []), position)
    if index is None:
        return None
    form, (module, _, name) = tables().definitions[index], path.rpartition(".")
    return Symbol(
        name=name,
        module=module,
        role=form.role,
        base=form.base,
        function=not form.is_class,
        saveable=form.saveable,
        arguments=tuple(form.arguments.split()),
        required=tuple(form.required.split()),
        catch_all=form.catch_all,
        dropped=tuple(form.dropped.split()),
    )


@functools.cache
def _short_names(position: int) -> dict[str, dict[str, str]]:
    paths, found = list(tables().symbols), dict[str, dict[str, str]]()
    for key, spans in tables().names.items():
        role, _, name = key.partition(" ")
        index = _at(spans, position)
        if index is not None:
            found.setdefault(role, {})[name] = paths[index]
    return found


@functools.cache
def _paths_by_name() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in tables().symbols:
        if not path.startswith("keras._legacy."):
            found.setdefault(path.rpartition(".")[2], []).append(path)
    return found


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers; what is no number in it ends them."""
    found: list[int] = []
    for part in version.replace("-", ".").split("."):
        if not part.isdigit():
            break
        found.append(int(part))
    return tuple(found)


def _patches_before(version: str) -> list[str]:
    """Patches of the same minor release that are not newer than one that no table holds."""
    asked = numbers(version)
    return [v for v in tables().releases if numbers(v)[:2] == asked[:2] and numbers(v) <= asked]


def _versions(positions: list[int]) -> tuple[str, str] | None:
    every = tables().releases
    return (every[min(positions)], every[max(positions)]) if positions else None


def _threes(spans: list[int]) -> list[tuple[int, int, int]]:
    return list(zip(spans[::3], spans[1::3], spans[2::3], strict=True))


def _at(spans: list[int], position: int) -> int | None:
    for since, until, index in _threes(spans):
        if since <= position <= until:
            return index
    return None


def _alike(have: str, asked: str) -> bool:
    """Whether a symbol of one role may stand where another is asked for: a model is a layer."""
    return have == asked or {have, asked} <= {"model", "layer"}
