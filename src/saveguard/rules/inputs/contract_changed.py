"""A newer contract refuses, or reads otherwise, what an older one took.

## What happens

A model is trained anew and put in the place of the old one. The service that sends the data stays:
its requests are refused, or, where a padding value or a vocabulary changed, are answered wrongly
without a word.

## Why

A contract is a promise to whoever makes the data. What becomes wider breaks nobody; a dtype that
holds less, a fixed size, a bound, a smaller vocabulary, another padding value do.

## Fix

Keep the older contract, or change what makes the data together with the model:

    saveguard.Contract.compare(older, newer)

## Seen in

- Every version: an id from `input_dim` on is an error on the CPU, a row of zeros on a GPU with
  TensorFlow, and the last row's with JAX; a mask that is gone is silent everywhere.

## References

- https://keras.io/guides/understanding_masking_and_padding/
- https://www.tensorflow.org/api_docs/python/tf/gather
"""

from __future__ import annotations

from pathlib import Path

from saveguard.contract import Contract, changes
from saveguard.finding import Finding, Report
from saveguard.rule import Call, Rule

rule = Rule("SG544", "contract-changed", since="0.1")


def compare(older: Contract, newer: Contract) -> Report:
    """What breaks for data that fit `older` where `newer` takes its place."""
    return Report(
        subject="contract",
        findings=tuple(_findings(older, newer)),
        read=(f"older: {older}", f"newer: {newer}"),
    )


def _findings(older: Contract, newer: Contract) -> list[Finding]:
    return [
        rule.finding(
            where=change.place,
            message=f"`{change.place}`: {change.what}",
            why=f"Of data that fitted the older contract: {change.then}.",
            fix="keep the older contract, or change what makes the data along with the model",
            certainty=change.certainty,
        )
        for change in changes(older, newer)
    ]


def bad(_: Path) -> Call:
    """A smaller vocabulary, and no mask any more."""
    return _compare("tokens: int32[batch, time<=128] vocabulary=8000")


def good(_: Path) -> Call:
    """A larger vocabulary, and longer sequences."""
    return _compare("tokens: int32[batch, time<=256] vocabulary=32000 pad=0")


def _compare(newer: str) -> Call:
    older = Contract.parse("tokens: int32[batch, time<=128] vocabulary=20000 pad=0")
    return Call(Contract.compare, (older, Contract.parse(newer)))
