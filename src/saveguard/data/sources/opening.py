"""Files on this machine and behind an address, opened, listed and told apart by one door."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from saveguard.data.source import Part
from saveguard.data.sources import packed
from saveguard.remote.address import is_remote, system

_IN_MEMORY = 1 << 26


def binary(path: str) -> IO[bytes]:
    """The file's bytes, wherever it lies."""
    if is_remote(path):
        store, inside = system(path)
        if path.startswith("http") and not store.info(inside).get("partial"):
            return _copy(store, inside)
        opened: IO[bytes] = store.open(inside, "rb")
        return opened
    return open(path, "rb")


def _copy(store: Any, inside: str) -> IO[bytes]:
    """The whole file, from a server that gives no ranges: in memory, or on disk if it is large."""
    copy: Any = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  the caller closes it
    with store.open(inside, "rb", block_size=0) as stream:
        shutil.copyfileobj(stream, copy, 1 << 20)
    copy.seek(0)
    return cast("IO[bytes]", copy)


@contextmanager
def unpacked(path: str) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where it is gzip, bz2 or xz.

    Raises:
        EOFError: At the end, if the file was cut short; what stands before the cut was read.
    """
    with binary(path) as file:
        held: Any = packed.opened(file, path)
        yield held
        if getattr(held, "error", None) is not None:
            raise held.error


def beginning(path: str, size: int) -> bytes:
    """The first bytes of the unpacked file, as many as there are."""
    with binary(path) as file:
        return packed.opened(file, path).read(size)


def size(path: str) -> int:
    """Bytes of the file; 0 where its server does not say."""
    if is_remote(path):
        store, inside = system(path)
        return int(store.info(inside).get("size") or 0)
    return os.stat(path).st_size


def stamp(path: str) -> str:
    """What changes when the file does: its size with its time, or the tag that its server gives."""
    if is_remote(path):
        store, inside = system(path)
        told = store.info(inside)
        tags = (told.get(key) for key in ("size", "ETag", "mtime", "LastModified", "created"))
        return " ".join(str(tag) for tag in tags if tag is not None)
    state = os.stat(path)
    return f"{state.st_size} {state.st_mtime_ns}"


def whole(path: str, format_: str) -> Part:
    """A file as one part: only reading it tells how many rows it has.

    Raises:
        EOFError: If it has no bytes.
    """
    held = size(path)
    if not held and not is_remote(path):
        raise EOFError("it has no bytes")
    return Part(file=path, format=format_, bytes=held, stamp=stamp(path))


def files(path: str) -> list[str]:
    """The files that a path, a glob or a folder means, in the order of their names.

    What begins with a dot or an underscore is left out, as Hadoop and Spark do: `_SUCCESS`.
    """
    found = _far(path) if is_remote(path) else _near(path)
    return sorted(found)


def _near(path: str) -> Iterator[str]:
    if os.path.isdir(path):
        for folder, folders, names in os.walk(path, onerror=_stop, followlinks=True):
            inner = (name for name in folders if _shown(name))
            folders[:] = [name for name in inner if not _is_around(folder, name)]
            yield from (os.path.join(folder, name) for name in names if _shown(name))
    elif os.path.lexists(path) or not glob.has_magic(path):
        yield path
    else:
        for found in glob.iglob(path, recursive=True):
            if os.path.isfile(found):
                yield found


def _far(path: str) -> Iterator[str]:
    store, inside = system(path)
    # What was listed before in this process may have changed since.
    store.invalidate_cache()
    if glob.has_magic(inside):
        held = [found for found in store.glob(inside) if not store.isdir(found)]
    elif store.isdir(inside):
        held = [found for found in store.find(inside) if _shown(found.rpartition("/")[2])]
    else:
        held = [inside]
    return map(store.unstrip_protocol, held)


def _is_around(folder: str, name: str) -> bool:
    """Whether a folder in it is a link to one that the walk has come through: it had no end."""
    path = os.path.join(folder, name)
    if not os.path.islink(path):
        return False
    here = Path(os.path.abspath(folder))
    return os.path.realpath(path) in map(os.path.realpath, (here, *here.parents))


def _shown(name: str) -> bool:
    return not name.startswith((".", "_"))


def _stop(error: OSError) -> None:
    raise error
