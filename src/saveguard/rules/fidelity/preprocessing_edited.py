"""The function that makes the model's inputs was edited after the save.

## What happens

The model loads and predicts. Its predictions are worse than they were in training, and nothing
says why: the same raw example is no longer the same model input.

## Why

A Keras file holds the model. The function that turned text, images or tables into the arrays that
it was trained on lives in a module of yours, and that module goes on changing. `saveguard.save`
keeps a digest of the function, of what it calls and of the constants that it reads, and what it
gave for a few raw examples; `verify` and `load` hold the module to them.

## Fix

Undo the edit, or train with the new function and save the model with it. Where the edit is meant
and old files shall go on working, keep the old function under a name of its own, and name that:

    model = saveguard.load("m.keras", preprocessing=encode_v1)

Where every recorded raw example still becomes what it was, the finding is only possible: the edit
may change nothing for any example.

## Seen in

- Every version of Keras: silent.

## References

- https://keras.io/guides/preprocessing_layers/ (preprocessing inside and outside of the model)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG430", "preprocessing-edited", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    found = facts.preprocessing
    if found is None or not found.definitions:
        return
    if found.raised:
        return  # SG435 tells what was edited
    changed = drifts.named(found.definitions)
    rest = f"`{found.name}` gives {drifts.examples(found)} another model input"
    if not found.outputs:
        rest = f"`{found.name}` still gives all {found.pairs} raw examples the same model input"
    yield rule.finding(
        where=drifts.where(found),
        message=f"{changed} {'was' if len(found.definitions) == 1 else 'were'} edited since the"
        f" model was saved; {rest}",
        why="The model was trained on what the old code made. It goes on predicting, from inputs"
        " that mean something else."
        if found.outputs
        else "The digest of the code differs and the outputs agree: the edit may matter for other"
        " examples.",
        fix="undo the edit, or train anew and save with the new function; to load the model"
        " with a function that you kept:\n"
        f"  saveguard.load({facts.subject!r}, preprocessing={found.name})",
        certainty="certain" if found.outputs else "possible",
        evidence=(*drifts.values(found.settings), *drifts.outputs(found)),
    )


_SOURCE = """
import re
WORD = re.compile(r"[a-z]+")

def encode(text):
    '''The lengths of the first three words.'''
    words = WORD.findall(text.lower())[:3]
    return [float(len(word)) for word in words] + [0.0] * (3 - len(words))
"""


def bad(tmp: Path) -> Call:
    """A tokenizer whose pattern has learned of apostrophes."""
    return _load(tmp, 'r"[a-z]+"', 'r"[a-z\']+"')


def good(tmp: Path) -> Call:
    """The same tokenizer, reformatted and with another docstring."""
    return _load(
        tmp,
        "The lengths of the first three words.'''\n    words = WORD.findall(text.lower())[:3]",
        "Lengths.'''\n    words = WORD.findall(\n        text.lower()\n    )[:3]  # three",
    )


def _load(tmp: Path, old: str, new: str) -> Call:
    module = drifts.module(tmp, _SOURCE)
    path = drifts.saved(tmp, module.encode, ["It isn't so", "a film"], (3,))
    drifts.edited(module, old, new)
    return Call("load", (path,))
