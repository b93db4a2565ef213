"""What a saved model at an address is made of, read without bringing its values here."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from saveguard.archive.budget import Damaged
from saveguard.archive.read import read, read_source
from saveguard.archive.source import Source
from saveguard.errors import SaveguardError
from saveguard.facts import ArchiveFacts
from saveguard.remote.address import is_remote, system
from saveguard.remote.near import near, said_of

# A request costs some hundredths of a second, in which a network brings about as much as this.
_BLOCK = 1 << 16
_KEPT = 512
# Of a file in which so many blocks are wanted, the whole comes sooner than the rest of them.
_FEW, _SHARE = 64, 4


class _NotInParts(Exception):
    """The store gives no parts of this file, or bringing all of it is the shorter way."""


def structure(path: str | os.PathLike[str], *, arrays: bool = True) -> ArchiveFacts:
    """The facts of the saved model at a path or an address, its values not looked at.

    Of a file at an address those blocks are brought in which its structure lies; all of it where
    the store gives no parts of files, where it is a folder, and where it is wanted almost whole.

    Args:
        arrays: Also read what arrays there are; without it, only the configuration is read.

    Raises:
        OSError: If it cannot be opened, other than because it does not exist.
        SaveguardError: SG742, if the store is not reached; SG741, if its library is not there.
    """
    name = os.fspath(path)
    if is_remote(name):
        try:
            files, inside = system(name)
            with _opened(files, inside, name) as source:
                return read_source(
                    source, digests=False, arrays=arrays, beside=_Beside(files, inside, name)
                )
        except (_NotInParts, ValueError):
            pass  # whoever brings all of it says what is wrong
    try:
        with near(name) as copy:
            found: ArchiveFacts = said_of(read(copy, digests=False, arrays=arrays), copy, name)
    except SaveguardError as error:
        if error.codes != ("SG104",):
            raise
        return ArchiveFacts(path=name, content="missing")
    return found


class _Beside:
    """Opens the files of the folder that an address is in."""

    def __init__(self, files: Any, inside: str, address: str) -> None:
        self.files = files
        self.folder, self.address = files._parent(inside), address.rpartition("/")[0]

    def __call__(self, name: str) -> contextlib.AbstractContextManager[Source]:
        return _opened(self.files, f"{self.folder}/{name}", f"{self.address}/{name}", part=True)


@contextlib.contextmanager
def _opened(files: Any, inside: str, address: str, *, part: bool = False) -> Iterator[Source]:
    """The file at an address.

    Args:
        part: It is part of an archive, which is damaged without it.

    Raises:
        Damaged: If such a part is not there.
        _NotInParts: Now or while it is read, whatever the store says instead of giving a part.
    """
    with contextlib.ExitStack() as stack:
        try:
            files.invalidate_cache()
            found = files.info(inside)
            if found["type"] != "file" or not found["size"]:
                raise _NotInParts
            options = {"cache_type": "blockcache", "cache_options": {"maxblocks": _KEPT}}
            file = stack.enter_context(files.open(inside, "rb", block_size=_BLOCK, **options))
        except FileNotFoundError as error:
            raise (Damaged("it is not there") if part else _NotInParts()) from error
        except Exception as error:
            raise _NotInParts from error
        yield Source(_Blocks(file, found["size"]).pread, address, 0, found["size"])


class _Blocks:
    """A file of a store, of which no more than some blocks are asked for."""

    def __init__(self, file: Any, size: int) -> None:
        self.file = file
        self.asked: set[int] = set()
        self.most = max(_FEW, size // _BLOCK // _SHARE)

    def pread(self, length: int, offset: int) -> bytes:
        self.asked.update(range(offset // _BLOCK, -(-(offset + length) // _BLOCK)))
        if len(self.asked) > self.most:
            raise _NotInParts
        try:
            self.file.seek(offset)
            return bytes(self.file.read(length))
        except Exception as error:
            raise _NotInParts from error
