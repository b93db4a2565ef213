"""`saveguard.preflight`: know before the first step that what is trained can be saved.

A callback is a subclass of Keras's, as in `training.checkpoint`.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Collection
from typing import Any, Literal

import keras

from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.persist import proof
from saveguard.rehearsal.rehearse import Rehearsal, rehearse
from saveguard.training.chief import is_chief, told_by_chief
from saveguard.training.first_batch import first_batch
from saveguard.training.held import held_here


class preflight(keras.callbacks.Callback):  # type: ignore[misc]  # noqa: N801  used as a verb
    """Rehearse the save when a training begins, and end it there if the model is not proven.

        model.fit(x, y, callbacks=[saveguard.preflight(path="run/best.keras")])

    The model is saved aside, given back by a fresh process and compared (see `saveguard.check`),
    exactly as it will be trained: compiled, with its optimizer, on the data of `fit`. It and the
    random generators are then as they were, so that the training is the same with and without.

    Args:
        example: Inputs that the model takes; None for the first batch that `fit` was given. A
            generator's first batch cannot be seen without losing it: give an example.
        path: Where the model will be saved, for its format and the room on that disk.
        on_unproven: `stop`, or `warn` and train all the same.
        verbose: 1 for one line on the terminal.
        prove, limit, accept: As in `saveguard.save`.

    Attributes:
        report: What was found, once the training has begun.

    Raises:
        SaveguardError: When a training begins whose model is not proven, under `stop`.
    """

    def __init__(
        self,
        example: Any = None,
        *,
        path: str | os.PathLike[str] = "model.keras",
        on_unproven: Literal["stop", "warn"] = "stop",
        verbose: int = 1,
        prove: bool = True,
        limit: float = proof.LIMIT,
        accept: Collection[str] = (),
    ) -> None:
        super().__init__()
        if on_unproven not in ("warn", "stop"):
            raise ValueError(f"on_unproven is 'stop' or 'warn', not {on_unproven!r}")
        self.example, self.path = example, path
        self.on_unproven, self.verbose = on_unproven, verbose
        self.options: dict[str, Any] = {"prove": prove, "limit": limit, "accept": accept}
        self.report: Report | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Rehearse the save, before the first step."""
        stops = self._rehearsed() if is_chief(self.model) else False
        (stops_all,) = told_by_chief([float(stops)], self.model)
        if stops_all:
            subject = f'{type(self.model).__name__} "{self.model.name}"'
            told = ("the process that writes found that it does not come back",)
            raise SaveguardError(self.report or Report(subject=subject, not_read=told))

    def _rehearsed(self) -> bool:
        """Rehearse the save; whether the training must not begin."""
        example = self.example if self.example is not None else first_batch(self.model)
        with held_here(self.model):
            done = rehearse(self.model, example, path=self.path, **self.options)
        self.report = done.report
        stops = bool(self.options["prove"]) and not done.proven
        if stops and self.on_unproven == "stop":
            return True
        for finding in done.report.findings:
            warnings.warn(f"\n{finding}", stacklevel=2)
        if self.verbose and not stops:
            sys.stdout.write(f"{_told(done)}\n")
        return False


def _told(done: Rehearsal) -> str:
    """One line for the terminal: `preflight: Sequential "sequential" comes back, in 1.3 s`."""
    took = done.report.read[-1].rpartition(", in ")[2] if done.proven else ""
    state = f"comes back, in {took}" if took else "was read, not proven (prove=False)"
    return f"preflight: {done.report.subject} {state}"
