"""The instructions of CPython 2.7 and 3.5 to 3.13."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import msgspec

from saveguard.facts.frozen import Frozen

_TABLES = Path(__file__).with_name("opcodes.json")


class Opcodes(Frozen, frozen=True):
    """The instructions of one release.

    Attributes:
        names: The name of each instruction, by its number.
        argument: The lowest number of an instruction that has an argument.
        caches: How many words of cache follow an instruction, by its name.
        signs: The signs of BINARY_OP, by its argument.
    """

    names: Mapping[int, str]
    argument: int
    caches: Mapping[str, int]
    signs: tuple[str, ...]


class _Written(msgspec.Struct):
    names: dict[int, str | None]
    argument: int
    caches: dict[str, int]
    signs: tuple[str, ...]


@functools.cache
def opcodes() -> Mapping[tuple[int, int], Opcodes]:
    """Those of every release, by its two numbers, oldest first."""
    written = msgspec.json.decode(_TABLES.read_bytes(), type=dict[str, _Written])
    found: dict[tuple[int, int], Opcodes] = {}
    names: dict[int, str] = {}
    for release, one in written.items():
        changed = names | one.names
        names = {code: name for code, name in changed.items() if name is not None}
        major, _, minor = release.partition(".")
        found[int(major), int(minor)] = Opcodes(names, one.argument, one.caches, one.signs)
    return found
