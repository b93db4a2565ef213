"""The preprocessing that the file records cannot be imported here.

## What happens

The model loads, and what makes its inputs is not there: nobody can say whether the function that
is used in its place does the same.

## Why

The file names the function by its import path. The package is not installed in this environment,
the module or the function was renamed, or importing it raises.

## Fix

Install the package, or put its folder into the import path (`PYTHONPATH`). Where the function has
moved, hold the new one to what the file records:

    model = saveguard.load("m.keras", preprocessing=encode)

and save the model once more with it, so that the file has the new path.

## Seen in

- Python, at the import: "No module named 'shop'", "module 'shop.text' has no attribute 'encode'".

## References

- https://docs.python.org/3/library/importlib.html#importlib.import_module
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG434", "preprocessing-not-importable", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    found = facts.preprocessing
    if found is None or not found.missing:
        return
    module, _, name = found.path.partition(":")
    yield rule.finding(
        where=found.path,
        message=f"the model's inputs are made by `{name}` of `{module}`, which cannot be imported",
        why="The model loads without it. Whether what is used in its place makes the same inputs,"
        " nobody can say.",
        fix=f"install what brings `{module}`, or put its folder into PYTHONPATH; where the function"
        " has moved, hold the new one to the file:\n"
        f"  saveguard.load({facts.subject!r}, preprocessing={name})",
        certainty="likely",
        evidence=(found.missing[:300],),
    )


_SOURCE = """
def encode(text):
    return [float(len(text))]
"""


def bad(tmp: Path) -> Call:
    """A function that was renamed after the save."""
    return _verify(tmp, "def tokenize(text)")


def good(tmp: Path) -> Call:
    """A function whose parameter was renamed is found, and is the same."""
    return _verify(tmp, "def encode(text)")


def _verify(tmp: Path, definition: str) -> Call:
    module = drifts.module(tmp, _SOURCE)
    path = drifts.saved(tmp, module.encode, ["film"], (1,))
    drifts.edited(module, "def encode(text)", definition)
    return Call("verify", (path,))
