"""A file that is written on this machine in full, and proven, before it goes to an address."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.persist.sharding import Shards, named
from saveguard.persist.staging import Staging, flush
from saveguard.persist.writer.shards import ENDING, first_of
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
        try:
            previous = self._keep_previous() if keep_previous else None
            self._send_shards()
            self.upload = upload(self.path, self._files, self._inside)
        except Exception as error:
            told = "differs" if isinstance(error, Differs) else "unsent"
            finding = getattr(registry.module("SG742"), told)(
                self.address, error, str(self._kept())
            )
            raise SaveguardError(Report(subject=self.address, findings=(finding,))) from error
        return previous

    def _send_shards(self) -> None:
        """The shards go first, under names that no other save takes; then the index is theirs."""
        folder = self._files._parent(self._inside)
        for name in sorted(named(self.path)):
            upload(self.path.with_name(name), self._files, f"{folder}/{name}")
        first = first_of(self.target)
        if named(self.path) and not self._files.exists(f"{folder}/{first}"):
            upload(self.path.with_name(first), self._files, f"{folder}/{first}")

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
