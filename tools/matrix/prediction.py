"""Ask `saveguard.check` of every file of the matrix."""

from __future__ import annotations

import sys
import time

import msgspec
from outcome import Matrix, Outcome

import saveguard
from saveguard.examine.loadable import loadable

# The rule about what only `compile=True` meets.
COMPILE = "SG221"


def judged(matrix: Matrix) -> Matrix:
    """The same, with what was predicted of each file."""
    start = time.monotonic()
    outcomes = tuple(predicted(one) for one in matrix.outcomes)
    took = time.monotonic() - start
    print(f"{len(outcomes)} files checked in {took:.0f} s", file=sys.stderr)
    return Matrix(outcomes, matrix.not_written)


def predicted(one: Outcome) -> Outcome:
    """The same, with the prediction, and with what the check found."""
    report = saveguard.check(one.path)
    told = tuple(f"{found.code} {found.certainty}: {found.message}" for found in report.findings)
    verdict = loadable(report)
    return msgspec.structs.replace(
        one,
        predicted=verdict.loads,
        predicted_compiled=verdict.loads and COMPILE not in {one.code for one in report.findings},
        cause=verdict.cause.code if verdict.cause else "",
        told=told,
    )
