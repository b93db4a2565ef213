"""Who knows what the old version answers: a file, an interpreter, or nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from saveguard.contract import Contract
from saveguard.errors import SaveguardError
from saveguard.finding import Finding, Report
from saveguard.migration import custom as customs
from saveguard.migration.proof import environments, golden, inputs
from saveguard.migration.proof.compare import tells
from saveguard.migration.proof.golden import Golden
from saveguard.migration.proof.reference import Asked, Reference, reference
from saveguard.migration.source import Source
from saveguard.rules import registry

Ask = Callable[[Contract | None], Golden]
_Path = str | os.PathLike[str]
# Where a model answers every input alike, as when its last units are saturated, others may show it.
_SCALES = (1.0, 0.01, 30.0)


def asked(
    source: Source,
    *,
    golden: _Path | None,
    python: _Path | None,
    with_uv: str | None,
    custom: Mapping[str, Any],
) -> Ask | None:
    """A function from the model's contract to what the old version answers; None: nobody knows.

    Raises:
        SaveguardError: If what was given is of no use (SG441, SG442), or the old version would
            run code that the file carries.
    """
    if golden is not None:
        known = read(golden)
        return lambda _: known
    if python is None and with_uv is None:
        return None
    refuse_code(source)
    found = python or environments.interpreter(wanted(source, with_uv))
    return by(reference(os.fspath(found)), source, custom)


def read(path: _Path) -> Golden:
    """The golden of a file (see `golden.read`)."""
    return golden.read(path)


def wanted(source: Source, with_uv: str | None) -> str:
    """The requirement for the old version: as given, or as the file tells for `auto`."""
    if with_uv and with_uv != environments.AUTO:
        return with_uv
    return environments.suggested(source.keras, source.facts.versions.get("tensorflow", ""))


def by(reference: Reference, source: Source, custom: Mapping[str, Any]) -> Ask:
    """Ask an interpreter, with seeded inputs that fit the new model's contract."""

    def ask(contract: Contract | None) -> Golden:
        if contract is None:
            told = "the new model does not say what its inputs are; record them: --golden FILE"
            raise SaveguardError(Report(subject=source.path, not_read=(told,)))
        first: Golden | None = None
        for scale in _SCALES:
            found = reference.golden(_asked(source, contract, custom, scale))
            if all(tells(output) for output in found.outputs.values()):
                return found
            first = first or found
        assert first is not None
        return first

    return ask


def _asked(source: Source, contract: Contract, custom: Mapping[str, Any], scale: float) -> Asked:
    return Asked(
        path=source.path,
        layout=source.layout,
        version=source.keras,
        inputs=tuple(inputs.seeded(contract, scale)),
        names=tuple(one.name for one in contract.inputs),
        custom=customs.places(custom),
    )


def refuse_code(source: Source) -> None:
    """See that the old version runs no code that the file itself carries.

    Raises:
        SaveguardError: If the file has any (SG301 and its like).
    """
    found = tuple(one for one in registry.notice("archive", source.facts) if _is_code(one))
    if found:
        told = "the old version was not asked, as it would run the code in the file: --golden FILE"
        raise SaveguardError(Report(subject=source.path, findings=found, not_read=(told,)))


def _is_code(found: Finding) -> bool:
    return found.code.startswith("SG3") and found.certainty == "certain"
