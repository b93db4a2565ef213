"""How large a model's file will be, and how much room there is for it."""

from __future__ import annotations

import math
import os
import shutil
from typing import Any

import numpy as np

# Bytes of an element; all others have four.
_WIDTHS = {
    **{f"{kind}64": 8 for kind in ("float", "int", "uint")},
    **{f"{kind}16": 2 for kind in ("float", "bfloat", "int", "uint")},
    **dict.fromkeys(("int8", "uint8", "bool", "float8_e4m3fn", "float8_e5m2"), 1),
}


def expected(model: Any) -> int:
    """Bytes of a model's variables and its optimizer's: what its file will hold at least.

    An optimizer that has not taken a step has yet to make its variables; how many there will be
    for each weight, a copy of it shows that is made for a single one.
    """
    held = sum(_bytes(variable) for variable in model.variables)
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return held
    if getattr(optimizer, "built", False):
        return held + sum(_bytes(variable) for variable in optimizer.variables)
    trained = sum(_bytes(variable) for variable in model.trainable_variables)
    return held + _per_weight(optimizer) * trained


def free(path: str | os.PathLike[str]) -> int | None:
    """Free bytes on the disk of the folder that is to hold `path`; None if there is no telling."""
    try:
        return shutil.disk_usage(os.path.dirname(os.path.abspath(path))).free
    except OSError:
        return None


def _per_weight(optimizer: Any) -> int:
    import keras

    try:
        copy = type(optimizer).from_config(optimizer.get_config())
        copy.build([keras.Variable(np.zeros((3, 5), "float32"))])
    except Exception:  # noqa: BLE001  an optimizer that cannot be copied is told by its own rule
        return 0
    return sum(tuple(variable.shape) == (3, 5) for variable in copy.variables)


def _bytes(variable: Any) -> int:
    shape = tuple(int(extent) for extent in variable.shape)
    return math.prod(shape) * _WIDTHS.get(str(variable.dtype).replace("torch.", ""), 4)
