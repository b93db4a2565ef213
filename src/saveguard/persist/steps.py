"""The steps of a save: what reads the model first, then the proof and the name."""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from saveguard.child import prove as child
from saveguard.contract import Contract
from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError, attach
from saveguard.facts import ModelFacts
from saveguard.finding import Finding, Report
from saveguard.model.example import Example
from saveguard.persist import carry, preprocessing, proof
from saveguard.persist.golden import Recording, record
from saveguard.persist.layouts import File, file_of
from saveguard.persist.preflight import Prepared, prepare
from saveguard.persist.rescue import rescue_path, write_rescue
from saveguard.persist.sending import staging_for, upload_of
from saveguard.persist.staging import Staging
from saveguard.persist.stored import with_values
from saveguard.persist.telling import told, traits_of
from saveguard.persist.walking import garbage_kept
from saveguard.receipt import Migration, Receipt, Verdict
from saveguard.rules import registry
from saveguard.version import __version__

# What is found missing from the file itself stands against the proof, whatever the outputs say.
NOT_IN_FILE = {"SG402", "SG403"}


class Written(msgspec.Struct, frozen=True):
    """What the first half of a save leaves to the second."""

    file: File
    receipt: Receipt
    facts: ModelFacts
    trial: proof.Trial | None
    lost: tuple[str, ...]


class Save:
    """One save on its way: the findings and the seconds that its steps add up."""

    def __init__(
        self,
        model: Any,
        path: str | os.PathLike[str],
        layout: str,
        prove: bool,
        keep_previous: bool,
        limit: float,
        accept: set[str],
        training: dict[str, Any] | None,
    ) -> None:
        self.model = model
        self.path = os.fspath(path)
        self.layout = layout
        self.prove = prove
        self.keep_previous = keep_previous
        self.limit = limit
        self.accept = accept
        self.training = training
        self.migration: Migration | None = None
        self.recorded: Recording | None = None
        self.prepared: preprocessing.Recording | None = None
        self.shard_bytes = 0.0
        self.behind = False
        self.described: tuple[str, str] | None = None
        self.before: dict[str, Any] | None = None
        self.unchanged: Callable[[], None] = lambda: None
        self.findings: list[Finding] = []
        self.left: list[str] = []
        self.seconds: dict[str, float] = {}

    def begin(self, given: Any, tolerance: float | None) -> tuple[Staging, Written]:
        """All that reads the model; the folder that holds the file is to be closed."""
        with garbage_kept():
            return self.written(self.prepare(given), tolerance)

    def written(self, ready: Prepared, tolerance: float | None) -> tuple[Staging, Written]:
        """All that reads variables; the folder that holds the file is to be closed."""
        self.unchanged()
        recording = self.record(ready.example, tolerance)
        with self.explained(ready.facts, ready.contract), contextlib.ExitStack() as undo:
            staging = staging_for(self.path)
            undo.callback(staging.close)
            written = self.write(staging, ready.facts, ready.contract, recording)
            undo.pop_all()
            return staging, written

    def prepare(self, given: Any) -> Prepared:
        """The example and the contract, and a model that is built."""
        with self._timed("preflight"):
            ready = prepare(self.model, given, self.path, self.layout)
        self.findings += ready.findings
        self.described = ready.described
        return ready

    @contextmanager
    def explained(self, facts: ModelFacts, contract: Contract | None) -> Iterator[None]:
        """What Keras or the system raises goes on with its diagnosis, and the model is rescued."""
        try:
            yield
        except SaveguardError:
            raise
        except Exception as error:
            attach(error, self._explain_and_rescue(error, facts, contract))
            raise

    def record(self, example: Example | None, tolerance: float | None) -> Recording | None:
        """What the model gives for the example; None where there is none that it takes."""
        with self._timed("golden"):
            return self.recorded or self._recording(example, tolerance)

    def _recording(self, example: Example | None, tolerance: float | None) -> Recording | None:
        if example is None:
            self.left.append("outputs: no example was given and the model does not say its inputs")
            return None
        try:
            recording = record(self.model, example, tolerance)
        except Exception as error:
            if example.made:  # our own example may not suit; the receipt says what is missing
                told = f"{type(error).__name__}: {error}".splitlines()[0]
                self.left.append(f"outputs: no example was given, and a made one raises {told}")
                return None
            attach(error, diagnose(error, "predict", self.path))
            raise
        self.left += recording.left
        return recording

    def write(
        self,
        staging: Staging,
        facts: ModelFacts,
        contract: Contract | None,
        recording: Recording | None,
    ) -> Written:
        """The file, without a proof and without its name."""
        with self._timed("write"):
            store = recording.store if recording else lambda _: None
            file = file_of(self.layout, staging, store, self.shard_bytes)
            file.described = self.described
            stored = file.write(self.model)
            self.unchanged()
            facts = with_values(facts, self.model, stored)
            self.findings = list(dict.fromkeys([*self.findings, *registry.notice("model", facts)]))
            receipt = self._receipt(facts, contract, recording, file)
            file.write_receipt(receipt.to_json())
        trial, lost = self._trial(receipt, staging, facts) if self.prove else (None, [])
        return Written(file, receipt, facts, trial, tuple(lost))

    def finish(self, staging: Staging, written: Written) -> Receipt:
        """The proof, the file's name, and the receipt."""
        receipt = written.receipt
        if written.trial is not None:
            receipt = self._proven(written.trial, written, staging)
            with self._timed("commit"):
                written.file.write_receipt(receipt.to_json())
        with self._timed("commit"):
            previous = staging.commit(keep_previous=self.keep_previous)
        return msgspec.structs.replace(
            receipt,
            previous=str(previous or ""),
            seconds=dict(self.seconds),
            upload=upload_of(staging),
        )

    def _proven(self, trial: proof.Trial, written: Written, staging: Staging) -> Receipt:
        with self._timed("proof"):
            result = proof.prove(trial)
        self.findings = list(dict.fromkeys([*self.findings, *result.findings]))
        absent = {f.code for f in self.findings if f.certainty == "certain"} & NOT_IN_FILE
        verdict: Verdict = "not proven" if absent - self.accept else result.proof.verdict
        left = (*result.proof.not_compared, *self.left, *written.lost)
        proven = msgspec.structs.replace(result.proof, not_compared=left, verdict=verdict)
        receipt = msgspec.structs.replace(
            written.receipt,
            findings=self._report().findings,
            proof=proven,
            seconds=dict(self.seconds),
        )
        if not receipt.proven:
            raise SaveguardError(self._report(*self._kept(receipt, staging, written.facts)))
        return receipt

    def _trial(
        self, receipt: Receipt, staging: Staging, facts: ModelFacts
    ) -> tuple[proof.Trial, list[str]]:
        """What to prove, and what of the model could not be sent to the other process."""
        with self._timed("proof"):
            parts, lost = carry.request_parts(self.model, facts, staging.folder)
            if self.layout in ("weights", "shards"):
                parts["config"] = (self.described or told(self.model))[0]
            if self.prepared is not None:
                parts["preprocessing"] = preprocessing.request(self.prepared.preprocessing)
            parts["behind"] = self.behind
            held = self.before  # of a model that may have been changed since
            before = functools.partial(traits_of, self.model) if held is None else lambda: held
        trial = proof.Trial(
            path=staging.path,
            layout=self.layout,
            receipt=receipt,
            subject=self.path,
            backend=facts.backend,
            limit=self.limit,
            parts=parts,
            model=facts,
            before=before,
            accept=frozenset(self.accept),
        )
        return trial, lost

    def _kept(self, receipt: Receipt, staging: Staging, facts: ModelFacts) -> list[str]:
        """Keep the unproven file, and what it lacks; returns where, in words."""
        told = [f"the new file was kept as {staging.name_of(staging.put_aside('unproven'))}"]
        if facts.untracked or facts.unwritten:
            kept = write_rescue(
                self.model, rescue_path(self.path), facts, receipt.contract, self._report()
            )
            told.append(f"every variable is in {kept.name}")
        return told

    def _receipt(
        self,
        facts: ModelFacts,
        contract: Contract | None,
        recording: Recording | None,
        file: File,
    ) -> Receipt:
        return Receipt(
            path=self.path,
            layout=self.layout,
            digests=file.written.digests,
            contract=self._with_preprocessing(contract),
            golden=recording.golden if recording else None,
            environment={
                "saveguard": __version__,
                "system": platform.platform(terse=True),
                **child.environment(),
            },
            variables=facts.variables,
            optimizer_variables=facts.optimizer_variables,
            findings=self._report().findings,
            training=self.training,
            migration=self.migration,
            writer=file.writer,
            seconds=dict(self.seconds),
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        )

    def _with_preprocessing(self, contract: Contract | None) -> Contract | None:
        if self.prepared is None or contract is None:
            return contract
        return msgspec.structs.replace(contract, preprocessing=self.prepared.preprocessing)

    def _explain_and_rescue(
        self, error: Exception, facts: ModelFacts, contract: Contract | None
    ) -> Report:
        """What the rules make of a failed save, and where the rescue lies."""
        report = self._report() + diagnose(error, "save", self.path)
        if "SG701" in report.codes:
            told = ("nothing was rescued, as the disk is full; the model is still in memory",)
            return msgspec.structs.replace(report, read=(*report.read, *told))
        try:
            kept = write_rescue(self.model, rescue_path(self.path), facts, contract, report)
        except Exception as second:  # noqa: BLE001  told beside the first error, which goes on
            told = (f"nothing could be rescued: {second!r}; the model is still in memory",)
        else:
            told = (
                f"every variable is in {kept.name}; "
                f"saveguard.restore(model, {str(kept)!r}) puts them back",
            )
        return msgspec.structs.replace(report, read=(*report.read, *told))

    def _report(self, *told: str) -> Report:
        return Report(subject=self.path, findings=tuple(dict.fromkeys(self.findings)), read=told)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - start
