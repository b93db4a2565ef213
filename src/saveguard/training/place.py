"""Where a series of checkpoints lies: a folder of this machine, or what is behind an address.

Both name a file by its path within them, give its stamp (size and time, by which another file of
the same name is known), and replace it whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import string
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.persist.staging import staged
from saveguard.remote.address import is_remote, system
from saveguard.remote.upload import shows_whole, upload
from saveguard.rules import registry

Stamp = tuple[int, int]
# What the file systems of fsspec call the time of the last change.
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")


class Folder:
    """A folder of this machine.

    Attributes:
        grain: Nanoseconds up to which the times of one file agree.
    """

    grain = 1

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def path_of(self, file: str) -> str:
        """The file as anybody can open it."""
        return str(self._path / file)

    def file_of(self, path: str) -> str:
        """The path within this place of what `path_of` gives, or a template made."""
        return os.path.relpath(path, self._path)

    def make_room(self, file: str) -> None:
        """Make the folders that a file is to lie in."""
        (self._path / file).parent.mkdir(parents=True, exist_ok=True)

    def read(self, file: str) -> bytes | None:
        """The content of a file; None where there is none that can be read."""
        try:
            return (self._path / file).read_bytes()
        except OSError:
            return None

    def write(self, file: str, content: bytes) -> None:
        """Replace a file in one step.

        Raises:
            OSError: As the operating system says; the old one is then as it was.
        """
        with staged(self._path / file) as staging:
            staging.path.write_bytes(content)
            staging.commit()

    def stamp(self, file: str) -> Stamp | None:
        """Bytes, and nanoseconds since 1970, of a file; None where it is gone."""
        try:
            found = (self._path / file).stat()
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns

    def remove(self, file: str) -> None:
        """Remove a file, if it is there."""
        (self._path / file).unlink(missing_ok=True)

    def files(self, depth: int) -> list[str]:
        """The files so many names deep."""
        found = self._path.glob("/".join(["*"] * depth)) if self._path.is_dir() else ()
        return [os.path.relpath(one, self._path) for one in found if one.is_file()]

    def open_lock(self, file: str) -> IO[bytes]:
        """A file to lock, which every training in this folder sees."""
        return open(self._path / file, "a+b")


class Store:
    """What is behind an address that ends in a slash: `s3://bucket/run/`.

    Attributes:
        grain: A listing and the object itself tell the parts of a second differently.

    Raises:
        SaveguardError: SG742 of every method but `write` and `remove`, if it is not reached.
    """

    grain = 10**9

    def __init__(self, address: str) -> None:
        self._address = address
        self._files, inside = system(address)
        self._inside = inside.rstrip("/")

    def path_of(self, file: str) -> str:
        """The address of a file."""
        return f"{self._address}{file}"

    def file_of(self, path: str) -> str:
        """The path within this place of an address in it."""
        return path.removeprefix(self._address)

    def make_room(self, file: str) -> None:
        """Make the folders of a file, where the store has such a thing."""
        if not shows_whole(self._files):
            try:
                self._files.makedirs(self._files._parent(self._within(file)), exist_ok=True)
            except Exception as error:
                raise self._unreached(error) from error

    def read(self, file: str) -> bytes | None:
        """The content of a file; None where there is none."""
        try:
            self._files.invalidate_cache()
            return bytes(self._files.cat_file(self._within(file)))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._unreached(error) from error

    def write(self, file: str, content: bytes) -> None:
        """Replace a file; it appears whole, or not at all, and is read back.

        Raises:
            OSError: Whatever the store says.
        """
        with tempfile.TemporaryDirectory(prefix="saveguard-list-") as folder:
            local = Path(folder, "content")
            local.write_bytes(content)
            try:
                upload(local, self._files, self._within(file))
            except Exception as error:
                raise OSError(f"{type(error).__name__}: {error}") from error

    def stamp(self, file: str) -> Stamp | None:
        """Bytes, and nanoseconds since 1970, of a file; None where it is gone."""
        try:
            found = self._files.info(self._within(file))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._unreached(error) from error
        told = next((found[name] for name in _TIMES if found.get(name)), 0)
        return int(found["size"] or 0), _nanoseconds(told)

    def remove(self, file: str) -> None:
        """Remove a file, if it is there.

        Raises:
            OSError: Whatever the store says.
        """
        try:
            self._files.rm_file(self._within(file))
        except FileNotFoundError:
            pass
        except Exception as error:
            raise OSError(f"{type(error).__name__}: {error}") from error

    def files(self, depth: int) -> list[str]:
        """The files so many names deep."""
        try:
            self._files.invalidate_cache()
            found = self._files.find(self._inside, maxdepth=depth)
        except FileNotFoundError:
            return []
        except Exception as error:
            raise self._unreached(error) from error
        names = [one.removeprefix(self._inside).lstrip("/") for one in found]
        return [one for one in names if one.count("/") == depth - 1]

    def open_lock(self, file: str) -> IO[bytes]:
        """A file of this machine: what a store could hold would outlive a killed training."""
        digest = hashlib.sha256(self.path_of(file).encode()).hexdigest()[:16]
        user = getattr(os, "getuid", int)()
        return open(Path(tempfile.gettempdir(), f"saveguard-{user}-{digest}.lock"), "a+b")

    def _within(self, file: str) -> str:
        return f"{self._inside}/{file}"

    def _unreached(self, error: Exception) -> SaveguardError:
        finding = registry.module("SG742").unreached(self._address, error)
        return SaveguardError(Report(subject=self._address, findings=(finding,)))


Place = Folder | Store


def place_of(template: str) -> tuple[Place, str]:
    """Where the checkpoints of a template lie, and the rest of the template within that.

    The place ends where the template's first field begins: those of `run/{epoch}/m.keras` lie
    in `run`.

    Raises:
        SaveguardError: SG741, if the library that reaches an address is not installed.
    """
    literal = next(iter(string.Formatter().parse(template)))[0]
    start = literal if len(literal) < len(template) else template
    if is_remote(template):
        address = start[: start.rfind("/") + 1]
        return Store(address), template[len(address) :]
    folder = os.path.dirname(start) or "."
    return Folder(folder), os.path.relpath(template, folder)


def _nanoseconds(told: Any) -> int:
    """A time as a file system tells it: a `datetime`, ISO 8601, or seconds since 1970."""
    found = datetime.fromisoformat(told) if isinstance(told, str) else told
    seconds = found.timestamp() if isinstance(found, datetime) else found
    return round(float(seconds) * 10**6) * 1000
