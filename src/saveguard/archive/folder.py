"""An unpacked `.keras` archive, and weights in shards: files side by side."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from saveguard.archive.budget import UNREADABLE, Damaged, NotUnderstood, OverBudget
from saveguard.archive.checksums import hold_files
from saveguard.archive.content import POINTER, is_pointer
from saveguard.archive.draft import Draft
from saveguard.archive.hdf5 import walk
from saveguard.archive.keras import read_parts
from saveguard.archive.source import Source
from saveguard.facts import Link, Member

# Where the Hugging Face cache keeps the files that its folders link to.
_BLOBS = os.path.join(os.pardir, os.pardir, "blobs")
Open = Callable[[str], AbstractContextManager[Source]]


class Folder:
    """The files of a folder. A link out of it is told and not followed.

    Attributes:
        names: The files directly in it.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft, self.path = draft, draft.path
        try:
            self._list("")
        except OverBudget as error:
            draft.leave("members", error)
        self.names = [member.name for member in draft.members if "/" not in member.name]
        draft.size = sum(member.size for member in draft.members)

    def _list(self, inside: str) -> None:
        folders = [inside]
        while folders:
            inside = folders.pop()
            for found in sorted(os.scandir(os.path.join(self.path, inside)), key=_name):
                self.draft.meter.spend("members")
                name = f"{inside}/{found.name}".lstrip("/")
                if found.is_symlink():
                    target = os.readlink(found.path)
                    self.draft.links.append(
                        Link(path=name, member="", kind="symlink", target=target)
                    )
                if found.is_dir(follow_symlinks=False):
                    folders.append(name)
                    continue
                size = found.stat(follow_symlinks=False).st_size
                self.draft.members.append(
                    Member(name=name, size=size, stored=size, offset=0, link=found.is_symlink())
                )

    def content(self, name: str) -> tuple[bytes, Exception | None]:
        """The bytes of a document, or why they are not read."""
        limit = self.draft.meter.budget.document
        try:
            with self.opened(name) as source:
                if source.size > limit:
                    raise OverBudget(f"over the budget of {limit:,} bytes of one document")
                return source.read(0, source.size), None
        except UNREADABLE as error:
            return b"", error

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[Source]:
        """A file, to be read at any place."""
        with opened(self.path, name) as source:
            yield source


@contextlib.contextmanager
def opened(folder: str, name: str) -> Iterator[Source]:
    """A file of a folder.

    Raises:
        Damaged: If it is not there, or only a Git LFS pointer is.
        NotUnderstood: If it is a link to elsewhere, or no plain file.
    """
    path = os.path.join(folder, name)
    within = [os.path.realpath(folder), os.path.realpath(os.path.join(folder, _BLOBS))]
    real = os.path.realpath(path)
    if os.path.dirname(real) not in within:
        raise NotUnderstood(f"a link to {real}, which is not followed")
    try:
        descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise Damaged(error.strerror or str(error)) from error
    try:
        if not os.path.isfile(real):
            raise NotUnderstood("it is no plain file")
        source = Source.of(descriptor, path)
        if is_pointer(source.upto(0, len(POINTER))):
            raise Damaged(f"a Git LFS pointer of {source.size} bytes")
        yield source
    finally:
        os.close(descriptor)


def read(draft: Draft, *, arrays: bool, digests: bool) -> None:
    """Read an unpacked `.keras` archive; with `digests`, hold it against its receipt."""
    draft.layout = "folder"
    found = Folder(draft)
    read_parts(draft, found, arrays=arrays)
    if draft.receipt and digests and arrays:
        _hold(draft, found.names, found.opened)


def read_shards(
    draft: Draft, document: dict[str, Any], beside: Open, *, arrays: bool, digests: bool
) -> None:
    """Read weights in shards, by the file that says which array lies in which of them.

    With `digests`, hold them against the receipt that Saveguard puts beside the map; `beside`
    opens a file of the same folder.
    Its `weight_map` names for each group the file, or the list of files, that holds its arrays.
    Source: keras/src/saving/saving_lib.py, `ShardedH5IOStore`.
    """
    draft.layout = "shards"
    draft.keep_receipt(document)
    for name in _shards(document) if arrays else ():
        if os.path.basename(name) != name or name in ("", ".", "..") or "\\" in name:
            draft.leave(name, NotUnderstood("a shard outside of the folder, which is not read"))
            continue
        try:
            draft.meter.spend("members")
            with beside(name) as source:
                draft.members.append(Member(name=name, size=source.size, stored=source.size))
                draft.size += source.size
                draft.hdf5(walk.contents(source, name, draft.meter))
        except Damaged as error:
            draft.damaged(f"the archive has no member {name!r}")
            draft.leave(name, error)
        except (NotUnderstood, OverBudget) as error:
            draft.leave(name, error)
    if draft.receipt and digests and arrays:
        _hold(draft, [member.name for member in draft.members], beside)


def _hold(draft: Draft, names: Iterable[str], open_: Open) -> None:
    with contextlib.ExitStack() as stack:
        files = {}
        for name in names:
            with contextlib.suppress(*UNREADABLE):
                files[name] = stack.enter_context(open_(name))
        hold_files(draft, files)


def _shards(document: dict[str, Any]) -> list[str]:
    """The files that the map names, each once."""
    found: dict[str, None] = {}
    held = document.get("weight_map")
    for names in held.values() if isinstance(held, dict) else ():
        for name in names if isinstance(names, list) else [names]:
            if isinstance(name, str):
                found[name] = None
    return list(found)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
