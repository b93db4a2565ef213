"""`saveguard.Checkpoint`: Keras's ModelCheckpoint, whose files are proven to come back.

A callback is a subclass of Keras's: of all modules of Saveguard this one imports Keras at its
top, and only the first use of `saveguard.Checkpoint` imports it.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal

import keras
import numpy as np

from saveguard.child import running
from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError, attach
from saveguard.finding import Report
from saveguard.persist import proof
from saveguard.persist.target import layout_of
from saveguard.remote.address import is_remote
from saveguard.rules import registry
from saveguard.training import resume as resuming
from saveguard.training.chief import is_alone, is_chief, told_by_chief
from saveguard.training.held import held_here
from saveguard.training.resume import Resumed
from saveguard.training.series import Outcome, Series
from saveguard.training.state import Progress, capture, restore

# An address that went through `pathlib`, which takes `//` for `/`.
_COLLAPSED = re.compile(r"(?:s3|gs|hf|abfss?|https?):/(?!/)")


class Checkpoint(keras.callbacks.ModelCheckpoint):  # type: ignore[misc]
    """Save the model while it trains; each file is proven, and no good one is ever lost.

    It takes the place of `keras.callbacks.ModelCheckpoint`, with the same arguments. A file takes
    its name only when a fresh process has given the model back from it; the training waits while
    the model is copied, and goes on during the rest. An index beside the files says which are
    proven and which is best, so that `save_best_only` and `resume` go on after a crash.

    Args:
        filepath, monitor, verbose, save_best_only, save_weights_only, mode, save_freq,
            initial_value_threshold: As in Keras.
        example: Inputs that the model takes (see `saveguard.save`).
        keep: How many proven checkpoints stay; None for all. The best is never removed.
        on_unproven: What to do when a checkpoint is not proven or cannot be written: `warn`, or
            `stop`, which also ends the training at the next step.
        background: False to have the training wait until each file is proven. Otherwise it waits
            only while the model is copied (see docs/background.md).
        prove, limit, accept: As in `saveguard.save`.
        preprocessing, raw: What makes the model's inputs, and raw examples for it, which go into
            each file: as in `saveguard.save`.

    Raises:
        SaveguardError: If it is an address whose store this environment lacks the library for
            (SG741); when a training begins whose checkpoints another process is writing (SG730),
            or whose store is not reached (SG742).
    """

    _series: Series | None = None
    _refused: SaveguardError | None = None
    _random: dict[str, Any] | None = None
    _stops, _alone = False, True
    _told = _current_epoch = 0

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        *,
        example: Any = None,
        keep: int | None = None,
        on_unproven: Literal["warn", "stop"] = "warn",
        background: bool = True,
        prove: bool = True,
        limit: float = proof.LIMIT,
        accept: Collection[str] = (),
        preprocessing: Any = None,
        raw: Iterable[Any] | None = None,
    ) -> None:
        given = (filepath, monitor, verbose, save_best_only, save_weights_only, mode, save_freq)
        with _told_of(os.fspath(filepath)):
            super().__init__(*given, initial_value_threshold)
        _require_meaning(keep, on_unproven)
        self.example, self.keep = example, keep
        self.on_unproven, self.background = on_unproven, background
        self.options = {"prove": prove, "limit": limit, **_prepared(accept, preprocessing, raw)}
        self.best: float | None = self.best
        self.outcomes: list[Outcome] = []

    @property
    def report(self) -> Report:
        """The findings of every checkpoint of this training so far."""
        report = Report(subject=str(self.filepath))
        for outcome in self.outcomes:
            told = outcome.report if outcome.receipt is None else outcome.receipt.report
            report += told or Report(subject=outcome.path)
        return report

    def resume(self, model: Any = None) -> Resumed | None:
        """The newest proven checkpoint: its weights, optimizer, randomness and place.

        Args:
            model: A model of the same kind, whose variables are set; None to load the file's own.

        Returns:
            Where to go on: `model.fit(initial_epoch=resumed.epoch, callbacks=[checkpoint])`, with
            this callback, which puts the random states back once more when the epoch begins. None
            where there is no proven checkpoint, which is how every training begins.
        """
        found = resuming.resume(str(self.filepath), model)
        self._random = found.random if found else None
        return found

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Take the series of checkpoints over, with the best value that its index knows."""
        super().on_train_begin(logs)
        self._stops, self._alone = False, is_alone(self.model)
        if is_chief(self.model):
            self._begin()
            if self._series is not None and self.best is None:
                self.best = self._series.index.best
        self._agree(began=self._refused is None)
        if self._refused is not None:
            raise self._refused

    def _begin(self) -> None:
        """Take the lock; what refuses it is raised when the other processes know of it."""
        if self._series is not None:  # an interrupted training never came to its end
            self._series.close()
        self._series = self._refused = None
        try:
            self._series = Series(
                str(self.filepath),
                monitor=self.monitor,
                keep=self.keep,
                better=self._is_better,
                done=self._done,
                background=self.background,
            )
        except SaveguardError as error:
            self._refused = error

    def _agree(self, began: bool = True) -> None:
        """Of several processes: what is best, and whether to stop, as the one that writes says."""
        if self._alone:
            return
        best = math.nan if self.best is None else self.best
        told = told_by_chief([best, float(self._stops), float(began)], self.model)
        self.best = None if math.isnan(told[0]) else told[0]
        if told[1]:
            self.model.stop_training = True
        if not told[2] and self._refused is None:
            self._refused = registry.module("SG730").in_use(str(self.filepath))

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the randomness of a resumed training back: `fit` itself may have drawn some."""
        super().on_epoch_begin(epoch, logs)
        if self._random:
            restore(self.model, self._random)
            self._random = None

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Save where `save_freq` says so, and tell what the proofs behind it found."""
        super().on_train_batch_end(batch, logs)
        self._tell()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save where `save_freq` is `epoch`; here all processes of a training come together."""
        super().on_epoch_end(epoch, logs)
        self._tell()
        self._agree()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Wait for the proofs that are under way."""
        super().on_train_end(logs)
        if self._series is not None:
            self._series.close()
            self._series = None
        self._tell()

    def _save_model(self, epoch: int, batch: int | None, logs: dict[str, Any] | None) -> None:
        """Keras's own hook of both frequencies."""
        numbers = {name: float(value) for name, value in (logs or {}).items() if _is_number(value)}
        if self.monitor_op is None and self.save_best_only:
            self._set_monitor_op()
        path = self._get_file_path(epoch, batch, numbers)
        if not self._should_save_model(epoch, batch, numbers, path) or self._series is None:
            return
        with held_here(self.model):
            self._write(path, epoch, batch, numbers)

    def _write(self, path: str, epoch: int, batch: int | None, numbers: dict[str, float]) -> None:
        assert self._series is not None
        progress = Progress(
            epoch=epoch + (batch is None),
            batch=0 if batch is None else batch + 1,
            step=int(running.value_of(self.model.optimizer.iterations)),
            logs=numbers,
            random=capture(self.model),
        )
        self._series.save(self.model, path, self.example, progress, self.options)

    def _is_better(self, value: float, than: float) -> bool:
        if self.monitor_op is None:
            self._set_monitor_op()
        return bool(self._is_improvement(value, than))

    def _done(self, outcome: Outcome) -> None:
        """In the proving thread: keep the outcome; one that failed is told at once."""
        self.outcomes.append(outcome)
        if outcome.receipt is None:
            warnings.warn(outcome.told(self.monitor), stacklevel=2)
            if self._series is not None and self.save_best_only:
                self.best = self._series.index.best
            if self.on_unproven == "stop":
                self._stops = True
                # One of several processes must not stop by itself: see `_agree`.
                self.model.stop_training = self.model.stop_training or self._alone

    def _tell(self) -> None:
        """In the training's own thread, where it does not break Keras's progress bar."""
        for outcome in self.outcomes[self._told :]:
            self._told += 1
            if self.verbose > 0 and outcome.receipt is not None:
                sys.stdout.write(f"\n{outcome.told(self.monitor)}\n")


@contextlib.contextmanager
def _told_of(path: str) -> Iterator[None]:
    """Refuse an address that nothing here reaches; say what Keras means by its refusal.

    Raises:
        SaveguardError: Of an address: SG741, if its library is not there; SG709, if it is none.
    """
    if is_remote(path):
        layout_of(path)
    elif _COLLAPSED.match(path):
        missing = FileNotFoundError(2, "No such file or directory", os.path.dirname(path))
        raise SaveguardError(Report(subject=path) + diagnose(missing, "save", path))
    try:
        yield
    except ValueError as error:
        if (report := diagnose(error, "save", path)).codes:
            attach(error, report)
        raise


def _require_meaning(keep: int | None, on_unproven: str) -> None:
    if keep is not None and keep < 1:
        raise ValueError(f"keep must be at least 1, or None for all checkpoints; it is {keep}")
    if on_unproven not in ("warn", "stop"):
        raise ValueError(f"on_unproven is 'warn' or 'stop', not {on_unproven!r}")


def _prepared(
    accept: Collection[str], preprocessing: Any, raw: Iterable[Any] | None
) -> dict[str, Any]:
    """What each save takes; an iterator of raw examples is read once for all."""
    found: dict[str, Any] = {"accept": frozenset(accept)}
    if preprocessing is not None:
        found |= {"preprocessing": preprocessing, "raw": None if raw is None else list(raw)}
    return found


def _is_number(value: Any) -> bool:
    return np.ndim(value) == 0 and not isinstance(value, str)
