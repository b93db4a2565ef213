"""The preprocessing has no import path, so that its source is kept as a digest only.

## What happens

The file records what the function gave and a digest of its code. Neither `verify` nor `load` can
run it again by themselves.

## Why

A fresh process finds a function by module and name. A lambda and a function inside another have no
name that can be imported; what a script or a notebook defines lies in `__main__`, which is another
module in every process; a function of a general library is not called because a file names it.

## Fix

Put the function into a module of your own, `shop/text.py`, and import it from there. Or hand it
over at each load, which holds it to what the file recorded:

    model = saveguard.load("m.keras", preprocessing=encode)

## Seen in

- Every version of Python: what `__main__` defines cannot be imported by another process.

## References

- https://docs.python.org/3/library/__main__.html
"""

from __future__ import annotations

from pathlib import Path

from saveguard.contract import Preprocessing
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import drifts

rule = Rule("SG436", "preprocessing-without-path", since="0.1")


def found(recorded: Preprocessing) -> Finding:
    """The finding for a preprocessing that no other process can import."""
    return rule.finding(
        where="preprocessing",
        message=f"`{recorded.name}` cannot be imported by another process: {recorded.why_no_path}",
        why="The file keeps a digest of its source and what it gave for the raw examples. verify"
        " and load cannot run it by themselves, and will not notice that it changed.",
        fix="define it in a module of your own and import it from there; or hand it over at each"
        " load:\n  saveguard.load(path, preprocessing=...)",
        certainty="likely",
    )


_SOURCE = """
def encode(text):
    return [float(len(text))]
"""


def bad(tmp: Path) -> Call:
    """A lambda."""
    return _save(tmp, lambda text: [float(len(text))])


def good(tmp: Path) -> Call:
    """The same as a function of a module."""
    return _save(tmp, drifts.module(tmp, _SOURCE).encode)


def _save(tmp: Path, function: object) -> Call:
    options = {"preprocessing": function, "raw": ["film"], "prove": False}
    return Call("save", (drifts.model_of((1,)), tmp / "m.keras"), options)
