"""A case: a file to build, what it shows, and which of Saveguard's codes it must be told under."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

Build = Callable[[Path], Path]
ROOMS = ("lambdas", "symbols", "layers", "hdf5", "zips", "texts", "savedmodels")


class Case(NamedTuple):
    """One file.

    Attributes:
        name: What it is, as a file's name.
        shows: The CVE, or the class of bypass; of a benign file, what it could be mistaken for.
        codes: The codes under which it is to be told; empty for a benign file.
        build: Writes it into a folder and returns where.
        told: Its headline on the page.
    """

    name: str
    shows: str
    codes: tuple[str, ...]
    build: Build
    told: str

    @property
    def hostile(self) -> bool:
        return bool(self.codes)


def hostile(shows: str, *codes: str) -> Callable[[Build], Case]:
    """Decorates the builder of an attack; any one of `codes` is a hit."""
    return lambda build: _case(build, shows, codes)


def benign(shows: str) -> Callable[[Build], Case]:
    """Decorates the builder of a file that any tool must leave alone."""
    return lambda build: _case(build, shows, ())


def _case(build: Build, shows: str, codes: tuple[str, ...]) -> Case:
    told = (build.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    return Case(build.__name__, shows, codes, build, " ".join(told.split()).rstrip("."))


def attacks() -> list[Case]:
    """Every attack, in the order of its room and its file."""
    return [case for room in ROOMS for case in _cases(f"tools.scorecard.attacks.{room}")]


def controls() -> list[Case]:
    """Every benign file."""
    return list(_cases("tools.scorecard.controls"))


def _cases(module: str) -> Iterator[Case]:
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, Case) and value.build.__module__ == module:
            yield value
