"""The preprocessing raises for a raw example that it took when the model was saved.

## What happens

The first request that looks like the training data ends in an exception.

## Why

The function, or a library that it calls, no longer takes what it took: an argument was removed, a
file that it reads is gone, a type is refused.

## Fix

Read the exception; it is the function's own. Undo the edit or install the version that it was
written for, and then verify again: `saveguard verify m.keras`.

## Seen in

- Pillow 10: "module 'PIL.Image' has no attribute 'ANTIALIAS'", in functions that resize with it.

## References

- https://pillow.readthedocs.io/en/stable/releasenotes/10.0.0.html (constants)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG435", "preprocessing-raises", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    found = facts.preprocessing
    if found is None or not found.raised:
        return
    changed = [*found.definitions, *found.settings, *found.libraries]
    told = drifts.named(tuple(changed)) if changed else ""
    yield rule.finding(
        where=drifts.where(found),
        message=f"`{found.name}` raises for {found.raised_for}, which it took at the save",
        why=f"Changed since then: {told}."
        if told
        else "Nothing that it is made of changed: it depends on something around it, as a file.",
        fix="mend what the exception names, or install the versions of the save; then:"
        f" saveguard verify {facts.subject}",
        evidence=(found.raised,),
    )


_SOURCE = """
TABLE = {"film": 1.0, "good": 2.0}

def encode(word):
    return [TABLE[word]]
"""


def bad(tmp: Path) -> Call:
    """A word that is gone from a table."""
    return _load(tmp, '"film": 1.0, ')


def good(tmp: Path) -> Call:
    """The table as it was."""
    return _load(tmp, "")


def _load(tmp: Path, gone: str) -> Call:
    module = drifts.module(tmp, _SOURCE)
    path = drifts.saved(tmp, module.encode, ["film"], (1,))
    drifts.edited(module, gone, "")
    return Call("load", (path,))
