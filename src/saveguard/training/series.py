"""A series of checkpoints: what is written, proven behind the training, listed and pruned."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable
from typing import IO, Any

import msgspec

from saveguard.errors import SaveguardError, report_of
from saveguard.finding import Report
from saveguard.persist.background import Saving
from saveguard.persist.save import start
from saveguard.persist.snapshot import Memory
from saveguard.persist.staging import try_lock
from saveguard.receipt import Receipt
from saveguard.rules import registry
from saveguard.training import index as listing
from saveguard.training.index import Entry, Index
from saveguard.training.place import place_of
from saveguard.training.state import Progress


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one checkpoint: its receipt, or the report on why there is none."""

    path: str
    progress: Progress
    value: float | None
    receipt: Receipt | None = None
    report: Report | None = None
    error: str = ""

    @property
    def proven(self) -> bool:
        """True when a fresh process gave the model back."""
        return self.receipt is not None and self.receipt.proven

    def told(self, monitor: str) -> str:
        """One line for the terminal: `saved best-07.keras, proven in 1.3 s, val_loss 0.213`."""
        name = os.path.basename(self.path)
        if self.receipt is None:
            first = self.report.findings[0] if self.report and self.report.findings else None
            why = f"{first.code}: {first.message}" if first else self.error
            return f"checkpoint {name} is not there: {why}"
        seconds = self.receipt.seconds.get("proof", 0.0)
        state = f"proven in {seconds:.1f} s" if self.proven else "not proven (prove=False)"
        value = "" if self.value is None else f", {monitor} {self.value:.4g}"
        return f"saved {name}, {state}{value}"


class Series:
    """The checkpoints of one file name template, written by one process at a time.

    Args:
        template: The file name, with Keras's fields: `run/best-{epoch:02d}.keras`; or an address,
            `s3://bucket/run/best-{epoch:02d}.keras`.
        keep: How many proven ones stay; None for all. The best is never removed.
        better: Whether one monitored value is better than another.
        done: Called with each outcome, in the thread that proved it.
        background: False to have the training wait for each proof.

    Raises:
        SaveguardError: SG730, if another process writes this series; SG742, if a store is not
            reached.
    """

    def __init__(
        self,
        template: str,
        *,
        monitor: str,
        keep: int | None,
        better: Callable[[float, float], bool],
        done: Callable[[Outcome], None],
        background: bool = True,
    ) -> None:
        self.monitor = monitor
        self.keep = keep
        self._better = better
        self._done = done
        self._place, rest = place_of(template)
        self._file = listing.name_of(rest)
        self._place.make_room(self._file)
        self._lock = self._locked(template)
        # What the list may hold unless somebody else writes it.
        self._ours = [self._place.read(self._file)]
        index = listing.read(self._place, self._ours[0], template)
        self.index = msgspec.structs.replace(index, monitor=monitor)
        self._background = background
        self._memory = Memory()
        self._running: list[Saving] = []

    def save(
        self,
        model: Any,
        path: str,
        example: Any,
        progress: Progress,
        options: dict[str, Any],
    ) -> None:
        """Copy the model now; write, prove and name the checkpoint behind the training.

        Where the copy of an earlier one is not yet written, the training waits for that.

        Args:
            options: What `persist.save.start` takes beside: `prove`, `limit`, `accept`.
        """
        value = progress.logs.get(self.monitor)
        outcome = Outcome(path=path, progress=progress, value=value)
        training = msgspec.to_builtins(progress)
        done = functools.partial(self._finished, outcome)
        given = {**options, "training": training, "memory": self._memory, "done": done}
        try:
            self._place.make_room(self._place.file_of(path))
            self._running.append(start(model, path, example, **given))
        except Exception as error:  # noqa: BLE001  a checkpoint must not end the training
            self._end(_failed(outcome, error))
        if not self._background:
            self._settle()
        self._running = [one for one in self._running if not one.done()]

    def close(self) -> None:
        """Wait for the proofs that are under way, and let another process have the series."""
        self._settle()
        self._lock.close()

    def _finished(self, outcome: Outcome, saving: Saving) -> None:
        try:
            receipt = saving.result()
        except Exception as error:  # noqa: BLE001  a checkpoint must not end the training
            self._end(_failed(outcome, error))
        else:
            self._end(msgspec.structs.replace(outcome, receipt=receipt))

    def _end(self, outcome: Outcome) -> None:
        if outcome.receipt is not None:
            try:
                self._list(outcome, outcome.receipt)
            except (OSError, SaveguardError) as error:
                listed = self._place.path_of(self._file)
                told = f"{listed} is not up to date ({error}); the checkpoint itself is there"
                warnings.warn(told, stacklevel=2)
        self._done(outcome)

    def _list(self, outcome: Outcome, receipt: Receipt) -> None:
        """Write the index with one more checkpoint, then remove what need not be kept."""
        file = self._place.file_of(outcome.path)
        size, modified = self._place.stamp(file) or (0, 0)
        entry = Entry(
            file=file,
            state="proven" if outcome.proven else "not proven",
            progress=msgspec.structs.replace(outcome.progress, random={}),
            value=outcome.value,
            size=size,
            modified=modified,
            findings=tuple(finding.code for finding in receipt.report.certain),
        )
        best = self.index.best
        if outcome.value is not None and (best is None or self._better(outcome.value, best)):
            best = outcome.value
        index = self.index.with_entry(entry, best)
        goes = self._superfluous(index)
        self._write(index.without(goes))
        for file in goes:
            self._place.remove(file)

    def _write(self, index: Index) -> None:
        """Replace the index, unless it is another's: a store has no lock that all machines see."""
        if self._place.read(self._file) not in self._ours:
            raise registry.module("SG730").in_use(index.template)
        content = listing.content_of(index)
        self._ours.append(content)  # a write that fails may have been done
        self._place.write(self._file, content)
        self._ours = [content]
        self.index = index

    def _superfluous(self, index: Index) -> set[str]:
        """Proven checkpoints that are neither among the newest `keep` nor the best."""
        if self.keep is None:
            return set()
        proven = [one for one in index.entries if one.state == "proven"]
        best = [one for one in proven if one.value is not None and one.value == index.best]
        stays = {one.file for one in (*proven[-self.keep :], *best[-1:])}
        return {one.file for one in proven} - stays

    def _settle(self) -> None:
        """Wait for what is under way, and for what is told of it."""
        for saving in self._running:
            saving.wait()
        self._running = []

    def _locked(self, template: str) -> IO[bytes]:
        """A lock that other processes see: two trainings must not write one series."""
        lock = self._place.open_lock(f"{self._file.removesuffix('.json')}.lock")
        if not try_lock(lock):
            lock.close()
            raise registry.module("SG730").in_use(template)
        return lock


def _failed(outcome: Outcome, error: Exception) -> Outcome:
    told = f"{type(error).__name__}: {error}".splitlines()[0]
    return msgspec.structs.replace(outcome, report=report_of(error), error=told)
