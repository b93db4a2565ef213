"""A batch held against a contract: what of it the model will not take, or not as it is meant."""

from __future__ import annotations

from typing import Any

from saveguard.contract import Contract
from saveguard.facts import BatchFacts
from saveguard.finding import Finding, Report
from saveguard.model import batch as batches
from saveguard.rules import registry


def validate(contract: Contract, batch: Any) -> Report:
    """The report on a batch; each finding names the leaf, and where there is one row and value."""
    facts = batches.read(batch, contract)
    return Report(
        subject="x",
        findings=_findings(facts),
        read=tuple(
            f"{leaf.path} is {leaf.dtype}{list(leaf.shape)}"
            for leaf in facts.leaves
            if leaf.kind == "array"
        ),
        not_read=tuple(
            f"{leaf.path}, which is of type {leaf.type}: {leaf.value}"
            for leaf in facts.leaves
            if leaf.kind == "other"
        ),
    )


def _findings(facts: BatchFacts) -> tuple[Finding, ...]:
    """Where leaves are missing or too many, what is said of each would be said of another."""
    found = registry.notice("data", facts)
    if len(facts.leaves) == len(facts.contract.inputs):
        return found
    return tuple(one for one in found if one.code == "SG501") or found
