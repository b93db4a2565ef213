"""One proof: ask the warm process, and let the rules look at what it saw."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from saveguard.diagnosis.recall import recalled
from saveguard.facts import ModelFacts, ProofFacts
from saveguard.finding import Finding
from saveguard.persist.judge import judge
from saveguard.persist.verifier import Verifier, verifier
from saveguard.receipt import Proof, Receipt
from saveguard.rules import registry

# Seconds. A framework's first import on a slow disk takes a minute; a hang takes for ever.
LIMIT = 300.0


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is to be proven.

    Attributes:
        path: The file; `subject` is how to speak of it.
        layout: `keras`, `h5` or `weights`.
        receipt: What was recorded at the save, or None.
        python: Another interpreter; None for this one.
        backend: The Keras backend to use, or empty for the environment's own.
        limit: Seconds after which a process that hangs is ended.
        parts: Further keys of the request (see `saveguard.child.prove.prove`).
        model, before: The live model's facts, and what gives its traits, where the proof belongs
            to a save.
        accept: Codes that do not stand against the proof.
    """

    path: Path
    layout: str
    receipt: Receipt | None
    subject: str
    python: str | None = None
    backend: str = ""
    limit: float = LIMIT
    parts: dict[str, Any] = msgspec.field(default_factory=dict)
    model: ModelFacts | None = None
    before: Callable[[], dict[str, Any]] | None = None
    accept: frozenset[str] = frozenset()

    @property
    def request(self) -> dict[str, Any]:
        """What the fresh process is asked."""
        golden = self.receipt.golden if self.receipt else None
        return {
            "path": os.path.abspath(self.path),
            "layout": self.layout,
            "golden": None if golden is None else msgspec.to_builtins(golden),
            "foreign": self.receipt is None,
            "same": self.before is not None,
            **self.parts,
        }


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A proof with the facts that it is made of, and the findings that they led to."""

    proof: Proof
    findings: tuple[Finding, ...]
    facts: ProofFacts


def prove(trial: Trial, meanwhile: Callable[[Trial], Trial] = lambda trial: trial) -> Result:
    """Have a fresh process reload the file, and judge what it answers.

    Args:
        meanwhile: What is to be done while that process loads the file; it may add to the trial
            what the process is then handed (see `saveguard.persist.golden.hand_over`).

    Raises:
        OSError: If there is no such interpreter.
        Exception: What `meanwhile` raises, once the process has answered.
    """
    start = time.monotonic()
    facts = _facts(trial, verifier(trial.python, trial.backend), meanwhile)
    findings = findings_of(facts)
    against = [f for f in findings if f.certainty == "certain" and f.code not in trial.accept]
    proof = Proof(
        verdict="not proven" if against or facts.outcome != "finished" else "proven",
        compared=facts.compared,
        not_compared=facts.not_compared,
        environment=facts.environment,
        seconds=time.monotonic() - start,
    )
    return Result(proof=proof, findings=findings, facts=facts)


def _facts(trial: Trial, process: Verifier, meanwhile: Callable[[Trial], Trial]) -> ProofFacts:
    """What the fresh process saw, held against what is known on this side."""
    with ThreadPoolExecutor(1, "saveguard-proof") as beside:
        asked = beside.submit(process.ask, trial.request, trial.limit)
        try:
            trial = meanwhile(trial)
            before = trial.before() if trial.before else None
            answer = asked.result()
        except KeyboardInterrupt:
            process.close()  # or its answer would be waited for
            raise
    return judge(
        answer,
        trial.receipt,
        subject=trial.subject,
        python=trial.python or sys.executable,
        model=trial.model,
        before=before,
        said=process.said() if "exit" in answer or "timeout" in answer else "",
    )


def findings_of(facts: ProofFacts) -> tuple[Finding, ...]:
    """What the rules make of a proof; a root cause that its exception shows goes first.

    SG208 stands for the exceptions that no rule is certain of.
    """
    found = registry.notice("proof", facts)
    if facts.outcome != "failed":
        return found
    error = recalled(*_raised(facts))
    stage = "predict" if facts.stage == "call" else "load"
    noticed = registry.notice_error(error, stage, facts.subject)
    known = tuple(_placed(one, facts) for one in noticed if one.certainty == "certain")
    return known + tuple(f for f in found if f.code != "SG208") if known else found


def _raised(facts: ProofFacts) -> tuple[str, str]:
    """What the object raised that its own configuration does not give back, where it is known.

    Keras's text around it quotes whole configurations, in which a rule may see what is not meant.
    """
    place = facts.place
    if place is None or place.kind != "config" or ": " not in place.error:
        return facts.error_type, facts.error
    kind, _, message = place.error.partition(": ")
    return kind, message


def _placed(finding: Finding, facts: ProofFacts) -> Finding:
    """At the object that failed, where that was looked for."""
    place = facts.place
    if place is None:
        return finding
    seen = (f"{place.holder} (`{place.class_name}`): {place.error}",) if place.error else ()
    return msgspec.structs.replace(finding, where=place.holder, evidence=(*finding.evidence, *seen))
