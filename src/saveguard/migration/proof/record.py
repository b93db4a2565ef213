"""The golden of a migrated file: what the old version answered, in the form that a file keeps."""

from __future__ import annotations

from typing import Any

from saveguard.contract import Contract
from saveguard.migration.proof import inputs
from saveguard.migration.proof.compare import Comparison, paired, places_of
from saveguard.migration.proof.golden import Golden
from saveguard.model import example as examples
from saveguard.model.example import Example
from saveguard.persist import golden as goldens
from saveguard.persist.golden import Recording

# `child.compare` allows this share of an element, or of a tenth of the largest one.
_TENTH = 10


def of(model: Any, golden: Golden, found: Comparison, contract: Contract | None) -> Recording:
    """The old version's answers, with which every later proof of the file holds the model.

    Outputs that were not compared, or differ in kind only, are left as the new model gives them.
    """
    given = examples.shorten(Example(inputs=inputs.filled(contract, golden.inputs)), contract)
    recording = goldens.record(model, given, found.limit * _TENTH)
    if golden.random or found.verdict != "equal":
        return recording
    return _with_answers(model, recording, golden)


def own(model: Any, contract: Contract | None) -> Recording | None:
    """The new model's own answers, where nobody knows the old version's; None if it gives none."""
    for values in inputs.seeded(contract) if contract is not None else ():
        example = Example(inputs=inputs.filled(contract, values), made=True)
        try:
            return goldens.record(model, examples.shorten(example, contract), None)
        except Exception:  # noqa: BLE001  the next inputs are larger; the receipt tells of none
            continue
    return None


def _with_answers(model: Any, recording: Recording, golden: Golden) -> Recording:
    places = places_of(recording.golden.outputs)
    ours = {place: recording.arrays[path] for place, path in places.items()}
    held = dict(recording.arrays)
    for place, (expected, got) in (paired(model, golden.outputs, ours) or {}).items():
        if expected.dtype.kind == got.dtype.kind == "f":
            held[places[place]] = expected[: len(got)].astype(got.dtype)
    return Recording(golden=recording.golden, arrays=held, left=recording.left)
