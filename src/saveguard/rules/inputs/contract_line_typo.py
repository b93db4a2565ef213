"""A line that should tell a contract cannot be read.

## What happens

`Contract.parse` stops, names the character at which the line stops making sense, what should stand
there, and what may have been meant.

## Why

A contract that is read as something else than was meant would let wrong data pass, so nothing of a
line is guessed or skipped.

## Fix

A line names each input, its dtype, its axes in brackets, and what is known of its values:

    tokens: int32[batch, time<=128] vocabulary=20000 pad=0 side=post
    image: float32[batch, 224, 224, 3] range=0..255; weight?: float32[batch]
    {left: float32[batch, 4]; right=[ids: int32[batch, any]; none]}

Several inputs are separated by `;`; in braces they are a dictionary, in brackets a list. `?` marks
an input that may be left out. An axis is a size, a name with bounds (`time<=128`, `2<=time<=128`,
`time>=2`), `any`, and `[...]` where even the rank is not known. Options: `vocabulary=`, `range=`,
`pad=`, `side=pre` or `side=post`, and `mask=layer(Class)`.

## Seen in

- Saveguard itself: `saveguard.Contract.parse`, and wherever a command takes a contract.

## References

- docs/contract.md
"""

from __future__ import annotations

import re
from pathlib import Path

from saveguard.contract import Contract, Typo
from saveguard.errors import SaveguardError
from saveguard.finding import Report
from saveguard.rule import Call, Rule

rule = Rule("SG540", "contract-line-typo", since="0.1")


def refusal(typo: Typo) -> SaveguardError:
    """The error for a line that is no contract."""
    found = re.match(r"[\w.]+|\S", typo.line[typo.at :])
    given = found[0][:24] if found else ""
    meant = f"{typo.near[0]!r} in its place" if typo.near else typo.expected
    finding = rule.finding(
        where=f"character {typo.at + 1}",
        message=f"the contract's line has {given!r} at character {typo.at + 1}, where"
        f" {typo.expected} is expected"
        if given
        else f"the contract's line ends where {typo.expected} is expected",
        why="Nothing of a contract is guessed: one that says something else than was meant would"
        " let wrong data pass.",
        fix=f"write {meant}; the form is NAME: DTYPE[batch, AXIS, ...] OPTION=VALUE ...",
        evidence=(typo.line, f"{'^':>{typo.at + 1}}"),
    )
    return SaveguardError(Report(subject="contract", findings=(finding,)))


def bad(_: Path) -> Call:
    """A dtype with two digits exchanged."""
    return Call(Contract.parse, ("tokens: int23[batch, time<=128] pad=0",))


def good(_: Path) -> Call:
    """The dtype as it is called."""
    return Call(Contract.parse, ("tokens: int32[batch, time<=128] pad=0",))
