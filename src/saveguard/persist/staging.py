"""A place beside the target where a file is written in full before it takes the target's name.

A staging folder holds a lock for as long as its process lives, however that ends. The next save
of the same target removes the folders whose lock nobody holds.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from saveguard.persist.writer.writeback import make_room

_MARK = ".saveguard-"
_LOCK = "lock"
# So many letters `tempfile` takes for a name.
MARK = 8


class Staging:
    """A locked folder beside `target`, on the same file system.

    Attributes:
        target: The file that a commit replaces; a symbolic link is followed, as plain Keras does.
        path: Where to write; it has the target's own name, so that every extension holds.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        self.target = Path(os.path.realpath(target))
        sweep(self.target)
        self.folder, self._lock = _locked_folder(self.target)
        self.path = self.folder / self.target.name
        make_room(self.target)

    @property
    def mark(self) -> str:
        """What tells this save from every other: the end of the folder's name."""
        return self.folder.name[-MARK:]

    def commit(self, *, keep_previous: bool = False) -> Path | str | None:
        """Give the written file the target's name, at once; returns where the previous one is.

        Raises:
            OSError: As the operating system says; the target is then as it was.
        """
        flush(self.path)
        if self.target.exists():
            shutil.copymode(self.target, self.path)
        else:
            self.path.chmod(0o666 & ~_umask())
        previous = self._keep() if keep_previous and self.target.exists() else None
        os.replace(self.path, self.target)
        flush(self.target.parent)
        return previous

    def put_aside(self, mark: str) -> Path:
        """Give the written file another name beside the target: `m.keras` -> `m.MARK.keras`."""
        stem, *ends = self.target.name.split(".")
        aside = self.target.with_name(".".join([stem, mark, *ends]))
        flush(self.path)
        os.replace(self.path, aside)
        flush(self.target.parent)
        return aside

    def name_of(self, path: Path) -> str:
        """How to speak of a file that was put aside: by its name, as it is beside the target."""
        return os.path.relpath(path, self.target.parent)

    def close(self) -> None:
        """Remove the folder and what was not committed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

    def _keep(self) -> Path:
        """A second name for the target's file; the target keeps its own meanwhile."""
        kept = self.target.with_name(self.target.name + ".prev")
        link = self.folder / "previous"
        try:
            os.link(self.target, link)
        except OSError:  # a file system without hard links
            shutil.copy2(self.target, link)
            flush(link)
        os.replace(link, kept)
        return kept


@contextlib.contextmanager
def staged(target: str | os.PathLike[str]) -> Iterator[Staging]:
    """A `Staging` that is closed when the block ends."""
    staging = Staging(target)
    try:
        yield staging
    finally:
        staging.close()


def sweep(target: Path) -> None:
    """Remove the staging folders of `target` whose processes are gone."""
    prefix = _prefix(target)
    for entry in os.scandir(target.parent):
        if entry.name.startswith(prefix) and entry.is_dir(follow_symlinks=False):
            with contextlib.suppress(OSError), open(Path(entry.path) / _LOCK, "a+b") as lock:
                if try_lock(lock):
                    shutil.rmtree(entry.path, ignore_errors=True)


def flush(path: Path) -> None:
    """Have the operating system put a file, or a folder's names, on the disk."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prefix(target: Path) -> str:
    return f".{target.name}{_MARK}"


def _locked_folder(target: Path) -> tuple[Path, IO[bytes]]:
    """A new folder whose lock we hold; again, if a sweep took it before it was locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_prefix(target), dir=target.parent))
        with contextlib.suppress(FileNotFoundError):
            lock = open(folder / _LOCK, "a+b")  # noqa: SIM115  held until close()
            if try_lock(lock) and (folder / _LOCK).exists():
                return folder, lock
            lock.close()


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file if no other process holds its lock; the lock ends with the file."""
    try:
        import fcntl
    except ImportError:  # Windows refuses to remove a folder with an open file: that is the lock
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
