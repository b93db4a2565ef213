"""A receipt as a page: what a save proved, with what it recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from saveguard.facts import Card
from saveguard.report import html

if TYPE_CHECKING:
    from saveguard.receipt import Receipt


def render(receipt: Receipt) -> str:
    """The receipt as the text of an HTML file."""
    lists = ("What was compared", "What was not compared")
    return html.page(receipt.report, _cards(receipt), badge=_badge(receipt), lists=lists)


def _badge(receipt: Receipt) -> tuple[str, str]:
    if receipt.proof is None:
        return "part", "not proven"
    good = receipt.proof.verdict == "proven" and not receipt.report.certain
    return "good" if good else "bad", receipt.proof.verdict


def _cards(receipt: Receipt) -> Iterator[Card]:
    proof = receipt.proof
    facts: list[tuple[str, str]] = [
        ("verdict", proof.verdict if proof else "not proven: prove=False")
    ]
    facts += [("saved", receipt.created)] if receipt.created else []
    facts += [(name, f"{seconds:.2f} s") for name, seconds in receipt.seconds.items()]
    facts += [("previous file", receipt.previous)] if receipt.previous else []
    yield Card(title="The save", told=f"`{receipt.path}`", facts=tuple(facts))
    yield from _contract(receipt)
    environments = {"saved by": receipt.environment}
    if proof is not None:
        environments["proven by"] = proof.environment
    names = dict.fromkeys(name for held in environments.values() for name in held)
    rows = [(name, *(held.get(name, "") for held in environments.values())) for name in names]
    yield Card(title="Environments", header=("", *environments), rows=tuple(rows))
    yield Card(
        title="Variables",
        told=f"{len(receipt.variables):,} of the model,"
        f" {len(receipt.optimizer_variables):,} of the optimizer",
        header=("path", "shape", "dtype", "CRC-32"),
        rows=tuple(
            (one.path, str(list(one.shape)), one.dtype, one.digest)
            for one in receipt.variables[: html.LINES]
        ),
    )


def _contract(receipt: Receipt) -> Iterator[Card]:
    contract, golden = receipt.contract, receipt.golden
    if contract is not None:
        rows = tuple((place, str(one)) for place, one in contract.leaves())
        yield Card(title="Contract", told=f"`{contract}`", header=("place", "input"), rows=rows)
        if contract.preprocessing is not None:
            told = contract.preprocessing
            yield Card(
                title="Preprocessing",
                told=f"`{told.path or told.name}`",
                facts=tuple(told.libraries.items()),
                header=("raw example",),
                rows=tuple((pair.told,) for pair in told.pairs),
            )
    if golden is not None:
        facts = [("rows", str(golden.rows)), *golden.kinds.items()]
        facts += [("loss", f"{golden.loss:.7g}")] if golden.loss is not None else []
        facts += [(name, f"{value:.7g}") for name, value in golden.metrics.items()]
        yield Card(title="Golden", told="outputs that a reload must give", facts=tuple(facts))
