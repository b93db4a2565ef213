"""Before anything is written: the example, the contract, and the facts of the model."""

from __future__ import annotations

from typing import Any

import msgspec

from saveguard.child import running, walk
from saveguard.contract import Contract
from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import SaveguardError, attach
from saveguard.facts import ModelFacts
from saveguard.finding import Finding, Report
from saveguard.model import contract as contracts
from saveguard.model import example as examples
from saveguard.model import read as models
from saveguard.model.example import Example
from saveguard.persist.telling import told
from saveguard.rules import registry


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is ready to be written, and what was found on the way.

    Attributes:
        example: Its first rows; made from the contract where none was given; None where the
            model does not say what it takes.
        described: Configuration and metadata as JSON, where the model can tell them already.
    """

    example: Example | None
    contract: Contract | None
    facts: ModelFacts
    findings: tuple[Finding, ...]
    described: tuple[str, str] | None = None


def prepare(model: Any, given: Any, path: str, layout: str) -> Prepared:
    """Hold the example against the model, build the model if need be, and read its facts.

    Raises:
        SaveguardError: If the example does not fit the model, or the model has no weights and
            no example to create them from. Nothing was written.
        Exception: What the model raises when it is built by calling it on the example.
    """
    contract, example, findings = _example(model, given, path)
    built = bool(model.built)
    if not built and example is not None:
        _build(model, examples.shorten(example, contract), path)
        contract = contracts.read(model, example.inputs)
    described = _told(model, layout)
    facts = models.read(
        model,
        target=path,
        layout=layout,
        built_from_example=not built and example is not None,
        is_told=described is not None,
    )
    findings += registry.notice("model", facts)
    if not facts.built:
        raise SaveguardError(Report(subject=path, findings=findings))
    if example is None and contract is not None:
        example = examples.make(contract)
    if example is not None:
        example = examples.shorten(example, contract)
    return Prepared(
        example=example,
        contract=contract,
        facts=facts,
        findings=findings,
        described=described,
    )


def _told(model: Any, layout: str) -> tuple[str, str] | None:
    """The configuration of a model all of whose layers are built; None where it is made later.

    A model of one's own may build layers when it is called, and those say so in theirs. What
    cannot be told is looked for object by object.
    """
    own = walk.is_builtin(type(model)) and walk.has_graph(model)
    if layout == "h5" or not own or not model.built:
        return None
    try:
        return told(model)
    except Exception:  # noqa: BLE001  raised again, and explained, when the file is written
        return None


def _example(
    model: Any, given: Any, path: str
) -> tuple[Contract | None, Example | None, tuple[Finding, ...]]:
    contract = contracts.read(model)
    if given is None:
        return contract, None, ()
    findings = () if contract is None else _held_against(contract, given, path)
    example = examples.take(given, contract)
    if contract is None:
        contract = contracts.read(model, example.inputs)
        assert contract is not None
        findings = _held_against(contract, given, path)
    return contract, example, findings


def _held_against(contract: Contract, given: Any, path: str) -> tuple[Finding, ...]:
    findings = registry.notice("data", examples.read(given, contract))
    if any(finding.certainty == "certain" for finding in findings):
        told = ("nothing was written",)
        raise SaveguardError(Report(subject=path, findings=findings, read=told))
    return findings


def _build(model: Any, example: Example, path: str) -> None:
    try:
        running.predict(model, example.inputs)
    except Exception as error:
        attach(error, diagnose(error, "build", path))
        raise
