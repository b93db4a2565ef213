"""One proof: ask the warm process, and let the rules look at what it saw."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.persist.judge import judge
from saveguard.persist.verifier import verifier
from saveguard.receipt import Proof, Receipt
from saveguard.rules import registry

# Seconds. A framework's first import on a slow disk takes a minute; a hang takes for ever.
LIMIT = 300.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A proof with the findings that it led to."""

    proof: Proof
    findings: tuple[Finding, ...]


def prove(
    path: Path,
    layout: str,
    receipt: Receipt | None,
    *,
    subject: str,
    python: str | None = None,
    backend: str = "",
    limit: float = LIMIT,
    parts: dict[str, Any] | None = None,
    model: ModelFacts | None = None,
    before: dict[str, Any] | None = None,
    accept: Collection[str] = (),
) -> Result:
    """Have a fresh process reload `path`, and judge what it answers.

    Args:
        path: The file; `subject` is how to speak of it.
        layout: `keras`, `h5` or `weights`.
        receipt: What was recorded at the save, or None.
        python: Another interpreter; None for this one.
        backend: The Keras backend to use, or empty for the environment's own.
        limit: Seconds after which a process that hangs is ended.
        parts: Further keys of the request (see `saveguard.child.prove.prove`).
        model, before: The live model's facts and traits, where the proof belongs to a save.
        accept: Codes that do not stand against the proof.

    Raises:
        OSError: If there is no such interpreter.
    """
    start = time.monotonic()
    process = verifier(python, backend)
    golden = msgspec.to_builtins(receipt.golden) if receipt and receipt.golden else None
    request = {
        "path": os.path.abspath(path),
        "layout": layout,
        "golden": golden,
        "foreign": receipt is None,
        "same": before is not None,
        **(parts or {}),
    }
    answer = process.ask(request, limit)
    said = process.said() if "exit" in answer or "timeout" in answer else ""
    facts = judge(
        answer,
        receipt,
        subject=subject,
        python=python or sys.executable,
        model=model,
        before=before,
        said=said,
    )
    findings = registry.notice("proof", facts)
    against = [f for f in findings if f.certainty == "certain" and f.code not in accept]
    seconds = time.monotonic() - start
    return Result(
        proof=Proof(
            verdict="not proven" if against or facts.outcome != "finished" else "proven",
            compared=facts.compared,
            not_compared=facts.not_compared,
            environment=facts.environment,
            seconds=seconds,
        ),
        findings=findings,
    )
