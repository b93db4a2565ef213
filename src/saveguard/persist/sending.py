"""A file that is written on this machine in full, and proven, before it goes to an address."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from saveguard.child.shards import ENDING, first_of, named_in
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.persist.sharding import Shards, named
from saveguard.persist.staging import Staging, flush
from saveguard.receipt import Upload
from saveguard.remote.address import is_remote, name_of, system
from saveguard.remote.upload import Differs, upload
from saveguard.rules import registry


class Sending(Staging):
    """A staging folder of this machine, in the folder for temporary files (`TMPDIR`).

    Attributes:
        address: What a commit replaces.
        upload: What is known of the upload, once it is done.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.upload: Upload | None = None
        self._files, self._inside = system(address)
        super().__init__(Path(tempfile.gettempdir()) / name_of(self._inside))

    def commit(self, *, keep_previous: bool = False) -> str | None:
        """Upload the written file; returns the address of the previous one, if that is kept.

        Raises:
            SaveguardError: SG742, if the store did not take it. What the address held is still
                there, and the written file is kept on this machine.
        """
        flush(self.path)
        ours = named(self.path)
        try:
            before = self._named_there()
            previous = self._keep_previous() if keep_previous else None
            self._send_shards(ours)
            self.upload = upload(self.path, self._files, self._inside)
        except BaseException as error:
            self._sweep(ours)
            if not isinstance(error, Exception):
                raise
            told = "differs" if isinstance(error, Differs) else "unsent"
            finding = getattr(registry.module("SG742"), told)(
                self.address, error, str(self._kept())
            )
            raise SaveguardError(Report(subject=self.address, findings=(finding,))) from error
        self._sweep(before)
        return previous

    def _send_shards(self, names: set[str]) -> None:
        """The shards go first, under names that no other save takes; then the index is theirs."""
        for name in sorted(names):
            upload(self.path.with_name(name), self._files, self._beside(name))
        first = first_of(self.target.name)
        if names and not self._files.exists(self._beside(first)):
            upload(self.path.with_name(first), self._files, self._beside(first))

    def _beside(self, name: str) -> str:
        return f"{self._files._parent(self._inside)}/{name}"

    def _named_there(self) -> set[str]:
        """The shards that the index at the address names, and the one that was kept."""
        found: set[str] = set()
        if self.target.name.endswith(ENDING):
            self._files.invalidate_cache()
            for index in (self._inside, f"{self._inside}.prev"):
                with contextlib.suppress(FileNotFoundError):
                    found |= named_in(self._files.cat_file(index))
        return found

    def _sweep(self, names: set[str]) -> None:
        """Remove those of some shards that no index names, as far as the store can be asked."""
        if not names:
            return
        with contextlib.suppress(Exception):
            for name in sorted(names - self._named_there() - {first_of(self.target.name)}):
                with contextlib.suppress(FileNotFoundError):
                    self._files.rm_file(self._beside(name))

    def name_of(self, path: Path) -> str:
        """All of its path: it is nowhere near the address."""
        return str(path)

    def put_aside(self, mark: str) -> Path:
        """Keep the written file on this machine; the address keeps what it held."""
        stem, *ends = self.target.name.split(".")
        return self._kept(".".join([stem, mark, *ends]))

    def _kept(self, name: str = "") -> Path:
        kept = folder_that_stays() / (name or self.target.name)
        for beside in self.path.parent.glob("*.weights.h5"):
            shutil.move(beside, kept.with_name(beside.name))
        if self.path.exists():
            shutil.move(self.path, kept)
        return kept

    def _keep_previous(self) -> str | None:
        if not self._files.exists(self._inside):
            return None
        self._files.copy(self._inside, f"{self._inside}.prev")
        return f"{self.address}.prev"


def staging_for(path: str | os.PathLike[str]) -> Staging:
    """Where to write a file in full before it takes its name, or goes to its address."""
    name = os.fspath(path)
    if is_remote(name):
        return Sending(name)
    return Shards(name) if name.endswith(ENDING) else Staging(name)


def upload_of(staging: Staging) -> Upload | None:
    """What is known of the upload, where there was one."""
    return staging.upload if isinstance(staging, Sending) else None


def folder_that_stays() -> Path:
    """A new folder for what could not be brought to its address."""
    return Path(tempfile.mkdtemp(prefix="saveguard-kept-"))
