"""What a rule asks of the values that were noticed in a batch, or in a whole data set."""

from __future__ import annotations

from collections.abc import Iterator

from saveguard.contract import Input
from saveguard.facts import BatchFacts, LeafFacts, Suspect


def of(facts: BatchFacts, kind: str) -> Iterator[tuple[LeafFacts, Suspect]]:
    """The suspects of one kind, each with the leaf that it stands in."""
    for leaf in facts.leaves:
        yield from ((leaf, one) for one in leaf.suspects if one.kind == kind)


def expected(facts: BatchFacts, kind: str) -> Iterator[tuple[LeafFacts, Input, Suspect]]:
    """The same of leaves for which the contract has an input."""
    for leaf, due in zip(facts.leaves, facts.contract.inputs, strict=False):
        yield from ((leaf, due, one) for one in leaf.suspects if one.kind == kind)
