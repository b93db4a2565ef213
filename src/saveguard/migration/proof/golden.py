"""Recorded inputs with the outputs that the version which saved a model gave for them."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from saveguard.errors import SaveguardError
from saveguard.facts import Frozen
from saveguard.finding import Report
from saveguard.rules import registry

Array = np.ndarray[Any, Any]
# `in_00`, `in:0`, `in:tokens`, `input_1`, `out_00`, `out:0`, `output_scores`.
_NAME = re.compile(r"(in|out)(?:put|puts)?[_:./-]?(.*)", re.DOTALL)


class Golden(Frozen, frozen=True):
    """Inputs and outputs, each under its place: `0`, `1`, ... in the model's order, or a name.

    Attributes:
        inputs, outputs: Arrays by place.
        source: Who gave the outputs: a file's name, or the versions that answered.
        random: Outputs that two calls gave differently, so that they cannot be compared.
    """

    inputs: Mapping[str, Array]
    outputs: Mapping[str, Array]
    source: str
    random: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many samples its inputs hold."""
        return next((len(array) for array in self.inputs.values() if array.ndim), 0)


def read(path: str | os.PathLike[str]) -> Golden:
    """The golden of an `.npz`: arrays named `in_00`, `in_01`, ... and `out_00`, ....

    Numbers are in the order of the model's inputs and outputs; names behind `in:` and `out:` are
    theirs. Nothing is unpickled.

    Raises:
        SaveguardError: SG441, if it is no such file.
    """
    name = os.fspath(path)
    try:
        with np.load(name, allow_pickle=False) as held:
            arrays = {key: held[key] for key in held.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        raise _refused(name, f"{type(error).__name__}: {error}") from error
    inputs, outputs = _side(arrays, "in"), _side(arrays, "out")
    if not inputs or not outputs:
        listed = ", ".join(sorted(arrays)[:6]) or "no array at all"
        raise _refused(name, f"it holds {listed}")
    return Golden(inputs=inputs, outputs=outputs, source=os.path.basename(name))


def _refused(name: str, why: str) -> SaveguardError:
    found = registry.module("SG441").refused(name, why)
    return SaveguardError(Report(subject=name, findings=(found,)))


def _side(arrays: Mapping[str, Array], side: str) -> dict[str, Array]:
    """The arrays of one side by place, numbers counted from 0 whatever they began with."""
    found = {}
    for name in sorted(arrays):
        match = _NAME.fullmatch(name)
        if match is not None and match[1] == side:
            found[match[2]] = _numbers(arrays[name])
    if not all(place.isdigit() or not place for place in found):
        return found
    return {str(index): found[place] for index, place in enumerate(sorted(found, key=_number))}


def _numbers(array: Array) -> Array:
    """An array of bfloat16, of which an `.npz` keeps the bytes alone."""
    if array.dtype.kind != "V" or array.dtype.itemsize != 2:
        return array
    import ml_dtypes

    return array.view(ml_dtypes.bfloat16)


def _number(place: str) -> int:
    return int(place or 0)


def write(path: str, inputs: Mapping[str, Array]) -> None:
    """Write inputs as an `.npz` that `saveguard.child.answer` reads."""
    arrays = {f"in:{place}": array for place, array in inputs.items()}
    with open(path, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
