"""`saveguard.verify`: the proof alone, on any file, in any environment that has Keras."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from saveguard.archive.read import read
from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError, attach
from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding, Report
from saveguard.persist import preprocessing as preparations
from saveguard.persist import proof
from saveguard.receipt import Receipt
from saveguard.remote.near import near, said_of
from saveguard.rules import registry

_ALONE = "weights alone: only `save` can prove them, with the model at hand"
_FIRST = "not proven: what was found in the file itself comes first"
# Layouts that no release of Keras 3 loads as a model.
_NOT_LOADED = {
    "weights": _ALONE,
    "shards": _ALONE,
    "npz": _ALONE,
    "savedmodel": "a SavedModel: Keras 3 does not load it as a model",
}


def verify(
    path: str | os.PathLike[str],
    *,
    python: str | os.PathLike[str] | None = None,
    limit: float = proof.LIMIT,
    modules: tuple[str, ...] = (),
    preprocessing: Any = None,
) -> Report:
    """Have a fresh process reload a file and say whether it comes back.

    A file that `saveguard.save` wrote is held against its golden and the digests of its
    variables. Any other file must load, read every array that it holds, fill every variable, and
    give the same outputs twice.

    Args:
        path: A `.keras` or `.h5` file, or the folder that a `.keras` file unpacks to; or the
            address of one, `s3://bucket/m.keras`.
        python: An interpreter with Keras (3.8 and newer; Saveguard is not needed there); None
            for this one.
        limit: Seconds that the proof may take.
        modules: Modules to import there first, which register custom classes.
        preprocessing: What to hold against the preprocessing that the file records, where it is
            no longer where it was: a function, a Keras pipeline, or an import path,
            `shop.text:encode`; None for what the recorded path leads to; False for nothing.

    Returns:
        What was compared (`read`), what could not be (`not_read`), and every finding.

    Raises:
        SaveguardError: If the proof could not be made at all: no such file, not an archive, no
            such interpreter, no Keras in it.
    """
    with near(path) as name:
        report: Report = said_of(
            _verified(name, python, limit, modules, preprocessing), name, os.fspath(path)
        )
    return report


def _verified(
    name: str,
    python: str | os.PathLike[str] | None,
    limit: float,
    modules: tuple[str, ...],
    preprocessing: Any,
) -> Report:
    facts = opened(name)
    findings = registry.notice("archive", facts)
    if facts.damage or not facts.layout:
        raise SaveguardError(Report(subject=name, findings=findings))
    if any(finding.certainty == "certain" for finding in findings):
        return Report(subject=name, findings=findings, not_read=(_FIRST,))
    if facts.layout in _NOT_LOADED:
        return Report(subject=name, findings=findings, not_read=(_NOT_LOADED[facts.layout],))
    receipt = preparations.moved(stored_receipt(facts), preprocessing)
    trial = proof.Trial(
        path=Path(name),
        layout=facts.layout,
        receipt=receipt,
        subject=name,
        python=None if python is None else os.fspath(python),
        backend=_backend() if python is None else "",
        limit=limit,
        parts=_parts(receipt, modules, here=python is None),
    )
    report = _reported(trial, findings)
    if receipt and receipt.contract and receipt.contract.preprocessing:
        return report
    return report + preparations.held_here(preparations.recorded_in(facts), name, preprocessing)


def opened(name: str, *, digests: bool = True) -> ArchiveFacts:
    """The facts of a file; without `digests`, of large members only that they are there.

    Raises:
        OSError: As the operating system says, with the diagnosis as a note.
    """
    try:
        return read(name, digests=digests)
    except OSError as error:
        attach(error, diagnose(error, "load", name))
        raise


def _reported(trial: proof.Trial, findings: tuple[Finding, ...]) -> Report:
    try:
        result = proof.prove(trial)
    except OSError as error:
        found = registry.module("SG705").not_started(trial.python or "", error)
        report = Report(subject=trial.subject, findings=(*findings, found))
        raise SaveguardError(report) from error
    report = Report(
        subject=trial.subject,
        findings=findings + result.findings,
        read=result.proof.compared,
        not_read=result.proof.not_compared,
    )
    if "SG705" in report.codes:
        raise SaveguardError(report)
    return report


def _parts(receipt: Receipt | None, modules: tuple[str, ...], *, here: bool) -> dict[str, Any]:
    """What the fresh process needs to know besides the file.

    For the preprocessing this environment's import path counts, and no other's does.
    """
    contract = receipt.contract if receipt else None
    asked = preparations.request(contract.preprocessing if contract else None)
    paths = list(sys.path) if here else []
    return {
        "modules": list(modules),
        "paths": [os.getcwd()],
        "preprocessing": asked and {**asked, "paths": paths},
    }


def _backend() -> str:
    """The backend of this process, if it has Keras: its warm process is then used again."""
    keras = sys.modules.get("keras")
    return "" if keras is None else str(keras.backend.backend())


def stored_receipt(facts: ArchiveFacts) -> Receipt | None:
    """The receipt in a file, or None where plain Keras wrote it or the receipt is unreadable."""
    if not facts.receipt:
        return None
    try:
        return Receipt.from_json(facts.receipt)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None
