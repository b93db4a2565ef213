"""Rehearse the save of a live model: everything that a save does, but for the file."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from saveguard.child import calls
from saveguard.errors import SaveguardError, report_of
from saveguard.facts import ModelFacts
from saveguard.finding import Finding, Report
from saveguard.persist import proof
from saveguard.persist.golden import Recording, hand_over
from saveguard.persist.model_type import require_model
from saveguard.persist.preflight import Prepared
from saveguard.persist.staging import staged
from saveguard.persist.steps import Save, Written
from saveguard.persist.target import layout_of
from saveguard.persist.walking import garbage_kept
from saveguard.rehearsal import masks, size
from saveguard.rehearsal.left import left_as_found
from saveguard.rehearsal.locate import located, raising
from saveguard.rehearsal.stirred import stirred
from saveguard.rules import registry

_BUILT = ("SG401", "possible")


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """What a save would have come to.

    Attributes:
        proven: A fresh process gave the model back, and nothing stands against the proof.
    """

    report: Report
    proven: bool = False


def rehearse(
    model: Any,
    example: Any = None,
    *,
    path: str | os.PathLike[str] = "model.keras",
    prove: bool = True,
    tolerance: float | None = None,
    limit: float = proof.LIMIT,
    accept: Collection[str] = (),
) -> Rehearsal:
    """Save `model` aside, have a fresh process give it back, and leave it exactly as it was.

    Args:
        path: Where it is to be saved: for the format, and for the room on that disk. Nothing is
            written there.
        model, example, prove, tolerance, limit, accept: As in `saveguard.save`.

    Raises:
        SaveguardError: With SG708, if `model` is no Keras model.
    """
    require_model(model)
    name = os.path.basename(os.fspath(path))
    with (
        garbage_kept(),  # there is none but what is made here, for about a second
        left_as_found(model),
        tempfile.TemporaryDirectory(prefix="saveguard-") as folder,
    ):
        aside = Path(folder) / name
        save = Save(model, aside, layout_of(aside), prove, False, limit, set(accept), None)
        steps = _Steps(save, os.fspath(path))
        try:
            return steps.run(example, tolerance)
        except SaveguardError as error:
            return Rehearsal(report=steps.report(*error.report.findings))


class _Steps:
    """One rehearsal on its way."""

    def __init__(self, save: Save, path: str) -> None:
        self.save = save
        self.path = path
        self.model = save.model
        self.seen: list[dict[str, Any]] = []
        self.read: list[str] = []
        self.began = time.monotonic()

    def run(self, example: Any, tolerance: float | None) -> Rehearsal:
        was_built = bool(self.model.built)
        ready = self._told("build", lambda: self.save.prepare(example))
        if not was_built:
            self.read.append("it was not built: built from the example, and unbuilt again")
        facts = msgspec.structs.replace(
            ready.facts, size=size.expected(self.model), free=size.free(self.path)
        )
        with stirred(self.model), staged(self.save.path) as staging:
            try:
                written = self._told(
                    "save", lambda: self.save.write(staging, facts, ready.contract, None)
                )
            except SaveguardError:
                self._called(ready, facts, tolerance)  # what it shows is worth to be told as well
                raise
            return self._proven(ready, written, tolerance)

    def report(self, *more: Finding, left: tuple[str, ...] = ()) -> Report:
        """What was found so far, without the place where the file was written aside."""
        # That it was built from the example is no finding here: it is unbuilt again.
        found = dict.fromkeys(
            one for one in (*self.save.findings, *more) if (one.code, one.certainty) != _BUILT
        )
        aside, subject = (
            os.fspath(self.save.path),
            f'{type(self.model).__name__} "{self.model.name}"',
        )
        findings = tuple(_without(finding, aside, self.path) for finding in found)
        return Report(subject=subject, findings=findings, read=tuple(self.read), not_read=left)

    def _proven(self, ready: Prepared, written: Written, tolerance: float | None) -> Rehearsal:
        if written.trial is None:
            self._called(ready, written.facts, tolerance)
            return Rehearsal(report=self.report(left=("not proven: prove=False",)))
        handed = str(written.trial.path.with_name("golden.h5"))
        parts = {**written.trial.parts, "awaited": handed}

        def meanwhile(trial: proof.Trial) -> proof.Trial:
            recording = None
            try:
                recording = self._called(ready, written.facts, tolerance)
            finally:
                hand_over(recording, handed)
            return _against(trial, recording)

        result = proof.prove(msgspec.structs.replace(written.trial, parts=parts), meanwhile)
        return self._judged(ready, written, result)

    def _judged(self, ready: Prepared, written: Written, result: proof.Result) -> Rehearsal:
        assert written.trial is not None
        example = ready.example if ready.example and not self._cannot_be_called() else None
        facts = located(self.model, example, written.trial, result.facts)
        self.save.findings += result.findings if facts is result.facts else proof.findings_of(facts)
        against = {f.code for f in self.save.findings if f.certainty == "certain"}
        proven = result.proof.verdict == "proven" and not against - self.save.accept
        self.read += result.proof.compared
        if proven:
            took = time.monotonic() - self.began
            self.read.append(f"saved aside and given back by a fresh process, in {took:.1f} s")
        left = (*result.proof.not_compared, *self.save.left, *written.lost)
        return Rehearsal(report=self.report(left=left), proven=proven)

    def _called(
        self, ready: Prepared, facts: ModelFacts, tolerance: float | None
    ) -> Recording | None:
        """What the model gives for the example, with what the calls of its layers show."""
        with calls.watched(self.model, self.seen):
            recording: Recording | None = self._told(
                "call", lambda: self.save.record(ready.example, tolerance)
            )
        facts = msgspec.structs.replace(facts, masks=tuple(masks.dropped(self.seen)))
        self.save.findings += registry.notice("model", facts)
        self.read += _counts(facts)
        return recording

    def _cannot_be_called(self) -> bool:
        return calls.first_raised(self.seen) is not None

    def _told(self, stage: str, step: Any) -> Any:
        """What Keras or the user's code raises becomes a finding, at the layer that raised it."""
        try:
            return step()
        except SaveguardError:
            raise
        except Exception as error:
            first = calls.first_raised(self.seen)
            holder = first["holder"] if first else raising(error, self.model)
            report = report_of(error)
            known = report.certain if report is not None else ()
            found = tuple(msgspec.structs.replace(f, where=holder or f.where) for f in known)
            told = any(f.certainty == "certain" and holder in f.where for f in self.save.findings)
            if not found and not (holder and told):
                found = (registry.module("SG451").found(stage, holder or "model", error),)
            raise SaveguardError(Report(subject=self.path, findings=found)) from error


def _against(trial: proof.Trial, recording: Recording | None) -> proof.Trial:
    """The trial, with what its answer is to be held against."""
    if trial.receipt is None or recording is None:
        return trial
    receipt = msgspec.structs.replace(trial.receipt, golden=recording.golden)
    return msgspec.structs.replace(trial, receipt=receipt)


def _counts(facts: ModelFacts) -> list[str]:
    """What the model is made of, in a few words each."""
    layers = sum(item.kind in ("layer", "model") for item in facts.objects)
    told = [f"{layers} layers, {len(facts.variables)} variables"]
    room = "" if facts.free is None else f", {facts.free / 1e9:,.1f} GB free"
    return [*told, f"its file will have {facts.size / 1e6:,.1f} MB or more{room}"]


def _without(finding: Finding, aside: str, path: str) -> Finding:
    """A finding that speaks of the user's path, not of the place where it was rehearsed."""
    texts = {}
    for name in ("where", "message", "why", "fix"):
        text = re.sub(rf"{re.escape(os.path.dirname(aside))}/[\w.-]+", path, getattr(finding, name))
        texts[name] = text
    return msgspec.structs.replace(finding, **texts)
