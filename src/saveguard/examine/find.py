"""Which archives there are in some files, folders and globs; known by their content."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from saveguard.archive.budget import Damaged
from saveguard.archive.content import content_of
from saveguard.archive.source import Source
from saveguard.child import shards
from saveguard.remote.address import is_remote, name_of, system

_SAVED_MODEL = {"saved_model.pb", "saved_model.pbtxt"}
_NAMED = (".keras", ".h5", ".hdf5", shards.ENDING)
# Others' files, of which version control and environments keep many.
_PASSED = {".git", ".hg", ".svn", "__pycache__", "node_modules"}
_MAP = 1 << 24


class Found(NamedTuple):
    """One archive, or what may be one.

    Attributes:
        path: The file, or the folder that is one archive.
        sure: It was asked for by name, or is named as archives are, so that not being one is
            worth saying.
        unread: Why it cannot be looked into; empty where it can.
    """

    path: str
    sure: bool = True
    unread: str = ""


def archives(paths: Iterable[str]) -> Iterator[Found]:
    """The archives under `paths`, in order of their names; each path in turn.

    A file that is named is always one, whatever it holds; so is a folder that is one archive (a
    SavedModel, which its `saved_model.pb` names too, or an unpacked `.keras`). Other folders are
    walked. What does not exist and has `*`, `?` or `[` in it is a glob, `**` for any folders.
    Behind an address, a glob and a folder give what is named as archives are.
    """
    for path in paths:
        if is_remote(path):
            yield from _far(path)
        elif not os.path.lexists(path) and glob.has_magic(path):
            for name in sorted(glob.glob(path, recursive=True)):
                yield from _under(name)
        else:
            yield from _under(path)


def _far(address: str) -> Iterator[Found]:
    try:
        files, inside = system(address)
        if glob.has_magic(inside):
            held = [found for found in files.glob(inside) if found.endswith(_NAMED)]
        elif files.isdir(inside) and not _is_archive(set(map(name_of, files.ls(inside, False)))):
            held = [found for found in files.find(inside) if found.endswith(_NAMED)]
        else:
            held = []
    except Exception:  # noqa: BLE001  whoever brings it near says what stops it
        held = []
    named = [str(files.unstrip_protocol(found)) for found in sorted(held)]
    yield from map(Found, named or [address])


def _under(path: str) -> Iterator[Found]:
    if os.path.isdir(path) and not is_archive_folder(path):
        yield from _walk(path)
    elif os.path.basename(path) in _SAVED_MODEL and os.path.isfile(path):
        yield Found(os.path.dirname(path) or ".")
    elif os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        # Whoever opens a pipe waits for its other end.
        yield Found(path, unread="it is neither a file nor a folder")
    else:
        yield Found(path)


def is_archive_folder(path: str) -> bool:
    """Whether a folder is one archive: a SavedModel, or a `.keras` file unpacked."""
    try:
        return _is_archive(set(os.listdir(path)))
    except OSError:
        return False


def _is_archive(names: set[str]) -> bool:
    if names & _SAVED_MODEL:
        return True
    weights = {f"model.weights.{kind}" for kind in ("h5", "npz", "json")}
    return "config.json" in names and bool(names & (weights | {"metadata.json"}))


def _walk(folder: str) -> Iterator[Found]:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            yield Found(here, unread=error.strerror or str(error))
            continue
        names = {entry.name for entry in entries}
        if here != folder and _is_archive(names):
            yield Found(here)
            continue
        if "pyvenv.cfg" in names:
            continue
        yield from _files(entries)
        folders = [e for e in entries if e.is_dir(follow_symlinks=False) and e.name not in _PASSED]
        waiting.extend(entry.path for entry in reversed(folders))


def _files(entries: list[os.DirEntry[str]]) -> Iterator[Found]:
    files = [entry for entry in entries if entry.is_file()]
    maps = [entry.path for entry in files if entry.name.endswith(shards.ENDING)]
    pieces = {name for path in maps for name in _pieces(path)}
    for entry in files:
        if entry.name in pieces:
            continue
        if entry.name.endswith(_NAMED):
            yield Found(entry.path)
        elif _looks_like_one(entry.path):
            yield Found(entry.path, sure=False)


def _pieces(path: str) -> set[str]:
    """The files over which `.weights.json` spreads the weights: they are part of its archive."""
    try:
        with open(path, "rb") as file:
            return set(shards.named_in(file.read(_MAP)))
    except OSError:
        return set()


def _looks_like_one(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return content_of(Source.of(descriptor, path)) in ("zip", "hdf5")
    except (OSError, Damaged):
        return False
    finally:
        os.close(descriptor)
