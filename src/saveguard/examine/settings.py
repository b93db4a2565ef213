"""What to look for: `[tool.saveguard]` of the nearest pyproject.toml, and its defaults."""

from __future__ import annotations

import difflib
import fnmatch
import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

import msgspec

from saveguard import known
from saveguard.codes import CODES

FILE, TABLE = "pyproject.toml", "tool.saveguard"
Form = Literal["text", "concise", "json", "sarif", "github", "html"]
FORMS: tuple[Form, ...] = get_args(Form)
# The release that the rules about loading have in mind where none is named.
KERAS = "3.15"


class Refused(ValueError):
    """A setting that is not understood; says which, where, and what is near it."""


class PerPath(msgspec.Struct, frozen=True):
    """What is different for the files that a pattern matches."""

    ignore: tuple[str, ...] = ()
    keras: str = ""


class Settings(msgspec.Struct, frozen=True, rename="kebab"):
    """What `saveguard check` looks for and how it tells it.

    Attributes:
        select: Codes, or beginnings of codes such as `SG3`; empty for all.
        ignore: The same, left out; it wins over `select`.
        keras: The release of Keras that is to load the files.
        strict: Whether what was not read is an error.
        baseline: The file of known findings; empty for none.
        format: How the result is printed.
        per_path: What is different for files that match a pattern, relative to `folder`.
        folder: What `per_path` and `baseline` are relative to.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    keras: str = KERAS
    strict: bool = False
    baseline: str = ""
    format: Form = "text"
    per_path: Mapping[str, PerPath] = msgspec.field(default_factory=dict)
    folder: str = ""

    def wanted(self, code: str, path: str) -> bool:
        """Whether a finding with this code is to be told about the file at `path`."""
        ignored = (*self.ignore, *(c for own in self.matching(path) for c in own.ignore))
        return code.startswith(self.select or ("",)) and not code.startswith(ignored)

    def keras_for(self, path: str) -> str:
        """The release that is to load the file at `path`: the last pattern that names one.

        Raises:
            known.UnknownReleaseError: If there is none of that version.
        """
        told = [own.keras for own in self.matching(path) if own.keras] or [self.keras]
        return known.release(told[-1]).version

    def matching(self, path: str) -> list[PerPath]:
        """What is different for the file at `path`; `*` in a pattern also crosses folders."""
        if not self.per_path:
            return []
        inside = os.path.relpath(path, self.folder or ".").replace(os.sep, "/")
        return [
            own
            for pattern, own in self.per_path.items()
            if fnmatch.fnmatchcase(inside if "/" in pattern else inside.rpartition("/")[2], pattern)
        ]


KEYS = tuple(key for key in Settings.__struct_encode_fields__ if key != "folder")


def nearest(folder: str = ".") -> str:
    """The pyproject.toml of `folder` or of the nearest folder above it; empty if there is none."""
    here = os.path.abspath(folder)
    while not os.path.isfile(os.path.join(here, FILE)):
        here, below = os.path.dirname(here), here
        if here == below:
            return ""
    return os.path.join(here, FILE)


def load(path: str) -> Settings:
    """The settings in a pyproject.toml, or the defaults where it has no `[tool.saveguard]`.

    Raises:
        Refused: If it cannot be read, or has a key or a value that is not understood.
    """
    table = _table(path)
    place = f"[{TABLE}] in {path}"
    _refuse_unknown(table, KEYS, place)
    for pattern, own in _mapping(table.get("per-path")).items():
        _refuse_unknown(
            _mapping(own), PerPath.__struct_fields__, f"per-path.{pattern!r} of {place}"
        )
    try:
        read = msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        raise Refused(f"{place}: {error}") from None
    for codes in (read.select, read.ignore, *(own.ignore for own in read.per_path.values())):
        refuse_unknown_codes(codes, place)
    folder = os.path.dirname(path)
    baseline = os.path.join(folder, read.baseline) if read.baseline else ""
    return msgspec.structs.replace(read, folder=folder, baseline=baseline)


def told(settings: Settings) -> dict[str, Any]:
    """The settings as plain values, by the keys that they have in a pyproject.toml."""
    values = msgspec.to_builtins(settings)
    return {key: values[key] for key in KEYS}


def written(path: str) -> tuple[str, ...]:
    """The keys that stand in a pyproject.toml.

    Raises:
        Refused: If it cannot be read.
    """
    return tuple(_table(path))


def _table(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            text = file.read()
        if b"saveguard" not in text:
            return {}
        import tomllib

        held = tomllib.loads(text.decode())
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}") from None
    return _mapping(_mapping(held.get("tool")).get("saveguard"))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _refuse_unknown(keys: Iterable[str], known_keys: Iterable[str], place: str) -> None:
    there = tuple(known_keys)
    for key in keys:
        if key not in there:
            raise Refused(f"{place} has a key {key!r}, which is none{_near(key, there, 1)}")


def refuse_unknown_codes(codes: Iterable[str], place: str) -> None:
    """Refuse what is neither a code nor the beginning of one.

    Raises:
        Refused: With the nearest codes.
    """
    for code in codes:
        if not code or not any(listed.startswith(code) for listed in CODES):
            raise Refused(f"{place}: no code begins with {code!r}{_near(code.upper(), CODES)}")


def refuse_unknown_releases(settings: Settings, place: str) -> None:
    """Refuse a release of Keras that is not known; after this, the tables are in memory.

    Raises:
        Refused: With the nearest releases.
    """
    for version in (settings.keras, *(own.keras for own in settings.per_path.values())):
        try:
            known.release(version or settings.keras)
        except known.UnknownReleaseError as error:
            raise Refused(f"{place}: {error}") from None


def _near(unknown: str, listed: Iterable[str], most: int = 3) -> str:
    near = difflib.get_close_matches(unknown, tuple(listed), n=most, cutoff=0.5)
    return f"; did you mean {', '.join(map(repr, near))}?" if near else ""
