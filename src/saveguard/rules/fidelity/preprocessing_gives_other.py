"""The preprocessing gives other model inputs, and nothing that it is made of changed.

## What happens

The same code, settings and libraries make another model input of the same raw example, in another
process or on another day.

## Why

The function depends on something that is none of its code: Python's `hash()` of text, which is
salted anew in every process; the order of a set; a file that it reads; an environment variable;
the clock; the machine's locale. Or the module was edited after this process had imported it, so
that the file on disk and the function in memory are not the same.

## Fix

Make it depend on its argument alone: a digest in place of `hash()` (`zlib.crc32(word.encode())`),
`sorted(...)` of a set, the vocabulary in the code or beside the model.

## Seen in

- Python 3.3 and newer: `hash("film")` differs from process to process (`PYTHONHASHSEED`).
- Keras 2's `keras.preprocessing.text.hashing_trick` used it by default.

## References

- https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHASHSEED
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG433", "preprocessing-gives-other", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    found = facts.preprocessing
    if found is None or not found.outputs:
        return
    if found.definitions or found.settings or found.libraries:
        return
    yield rule.finding(
        where=drifts.where(found),
        message=f"`{found.name}` gives {drifts.examples(found)} another model input than at the"
        " save",
        why="Its code and the versions of its libraries are the same. It depends on something"
        " else: the hash of a text, the order of a set, a file, the environment, the clock.",
        fix=f"let what `{found.name}` gives depend on its argument alone; zlib.crc32 in place of"
        " hash(), sorted() of a set",
        evidence=drifts.outputs(found),
    )


_SOURCE = """
import zlib

def bucket(word):
    return [float({function} % 1000003)]
"""


def bad(tmp: Path) -> Call:
    """A hashing trick with Python's own `hash`."""
    return _save(tmp, "hash(word)")


def good(tmp: Path) -> Call:
    """The same with a checksum."""
    return _save(tmp, "zlib.crc32(word.encode())")


def _save(tmp: Path, function: str) -> Call:
    module = drifts.module(tmp, _SOURCE.format(function=function))
    words = ["film", "good", "bad", "of", "the"]
    options = {"preprocessing": module.bucket, "raw": words}
    return Call("save", (drifts.model_of((1,)), tmp / "m.keras"), options)
