"""A newer contract refuses, or reads otherwise, what an older one took.

## What happens

A model is trained anew and put in the place of the old one. The service that sends the data stays:
its requests are refused, or, where a padding value or a vocabulary changed, are answered wrongly
without a word.

## Why

A contract is a promise to whoever makes the data. What becomes wider breaks nobody; a dtype that
holds less, a fixed size, a bound, a smaller vocabulary, another padding value do; so does another
preprocessing, after which the same raw example becomes another input.

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

from collections.abc import Iterator
from pathlib import Path

from saveguard.contract import Contract, Preprocessing, changes
from saveguard.facts import PreprocessingFacts
from saveguard.finding import Certainty, Finding, Report
from saveguard.rule import Call, Rule
from saveguard.rules import drifts, prepared

rule = Rule("SG544", "contract-changed", since="0.1")


def compare(older: Contract, newer: Contract) -> Report:
    """What breaks for data that fit `older` where `newer` takes its place."""
    return Report(
        subject="contract",
        findings=tuple(_findings(older, newer)),
        read=(f"older: {older}", f"newer: {newer}"),
    )


def _findings(older: Contract, newer: Contract) -> list[Finding]:
    return [*_inputs(older, newer), *_preprocessing(older, newer)]


def _preprocessing(older: Contract, newer: Contract) -> Iterator[Finding]:
    """What makes the inputs out of raw examples is part of what data have to fit."""
    was, now = older.preprocessing, newer.preprocessing
    if was is None:
        return
    if now is None:
        what = f"`{was.name}` made the inputs, and the newer contract records nothing that does"
        yield _prepared(what, "nothing tells whether they are made as before", "possible")
        return
    found = prepared.between(was, now)
    told = [*_edits(was, now, found)]
    if not (told or found.outputs):
        return
    told = told or [f"`{was.name}` is as it was"]
    then = f"{drifts.examples(found)} become another model input"
    if not found.outputs:
        then = f"all {found.pairs} raw examples of both become what they were"
    if not found.pairs:
        then = "the two record no raw example in common, and others may become other inputs"
    certainty: Certainty = "possible" if found.pairs else "likely"
    evidence = (*drifts.values(found.settings), *drifts.outputs(found))
    certainty = "certain" if found.outputs else certainty
    yield _prepared(", ".join(told), then, certainty, evidence)


def _edits(was: Preprocessing, now: Preprocessing, found: PreprocessingFacts) -> Iterator[str]:
    """What changed, in words; another version of a library counts where outputs differ."""
    if (was.path or was.name) != (now.path or now.name):
        yield f"`{was.path or was.name}` made the inputs, and `{now.path or now.name}` does now"
    changed = (*found.definitions, *found.settings)
    if changed:
        other = "is not what it was" if len(changed) == 1 else "are not what they were"
        yield f"{drifts.named(changed)} {other}"
    if found.outputs and found.libraries:
        yield f"{drifts.named(found.libraries)} of another version"


def _prepared(
    what: str, then: str, certainty: Certainty, evidence: tuple[str, ...] = ()
) -> Finding:
    return rule.finding(
        where="preprocessing",
        message=f"`preprocessing`: {what}",
        why=f"Of raw examples that the older contract was recorded with: {then}.",
        fix="make the data, and what asks for predictions, with the newer preprocessing; or keep"
        " the older one",
        certainty=certainty,
        evidence=evidence,
    )


def _inputs(older: Contract, newer: Contract) -> list[Finding]:
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
