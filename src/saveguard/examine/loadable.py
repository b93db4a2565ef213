"""Will plain `keras.saving.load_model` take a file? Read off a report."""

from __future__ import annotations

import re

import msgspec

from saveguard.finding import Finding, Report

# Who say so: the families of the file's integrity and of loading, arrays that are absent or of
# another shape, and a name with an ending that leads the loader to another reader.
_ARRAYS = ("SG405", "SG415")
_FAMILIES = ("SG1", "SG2", *_ARRAYS, "SG704")
# Met when the layers of a model are called, after all of them were made; and when one is added.
_CALLED = ("SG223", "SG225", "SG226")
_ADDED = ("SG215", "SG224")
# They hold no model, whatever else is right with them.
_WEIGHTS = ("weights", "shards", "npz")


class Loadable(msgspec.Struct, frozen=True):
    """Whether `load_model(path, compile=False)` takes a file.

    Attributes:
        loads: It does.
        cause: The finding that says why not: of the place that the loader comes to first.
        why: In words, where no finding says it: weights alone, or a file that was not read.
    """

    loads: bool
    cause: Finding | None = None
    why: str = ""


def loadable(report: Report) -> Loadable:
    """What `check` predicts of a file, from its report.

    A file loads unless a certain finding of the families SG1xx and SG2xx stands against it. What
    only `compile=True` meets is `likely`, and stops nothing here; nor does what concerns security,
    or values that come back other than they were. Weights alone are no model.
    """
    against = [f for f in report.certain if f.code.startswith(_FAMILIES)]
    if against:
        return Loadable(loads=False, cause=min(against, key=_turn))
    layouts = {file.layout for file in report.files}
    if layouts & set(_WEIGHTS):
        return Loadable(loads=False, why="it holds weights alone")
    if layouts <= {""}:
        return Loadable(loads=False, why="; ".join(report.not_read) or "it is no saved model")
    return Loadable(loads=True)


def _turn(finding: Finding) -> tuple[bool, list[tuple[int, int, str]]]:
    """When the loader comes to what a finding is about, as a sort key.

    First what is wrong with the file as a whole, then the configuration in its order; the calls
    of a model's layers come after the layers, and all arrays at the end.
    """
    if finding.code in _ARRAYS:
        return True, [(3, 0, "")]
    _, _, path = finding.where.rpartition(" ")
    if finding.code in _CALLED:
        path = path.rpartition("[")[0]
    inside = path.startswith("$")
    parts = re.findall(r"[^.\[\]]+", path) if inside else []
    steps = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
    last = [(2, 0, "")] if finding.code in (*_CALLED, *_ADDED) else []
    return inside, steps + last
