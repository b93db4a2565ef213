"""Give every file of one version's folder to plain Keras, and write down what it does.

Called as `python load.py FOLDER OUT`.
"""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import outcome
from outcome import Outcome

LONGEST = 2400


def main() -> None:
    """Load all of it, one after the other, in this process."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    found, _ = outcome.records(folder)
    tried = []
    for number, one in enumerate(found, 1):
        with contextlib.redirect_stdout(io.StringIO()):
            tried.append(loaded(one))
        if number % 100 == 0:
            gc.collect()
    out.write_bytes(msgspec.json.encode(tried))


def loaded(one: Outcome) -> Outcome:
    """The same with what Keras did: loading with and without compiling, and one call."""
    model, error = attempt(one.path, compile=False)
    seen: dict[str, Any] = {"loads": not error, "error": error}
    if not error:
        seen |= called(model, Path(one.path))
    if one.compiled:  # to the others it makes no difference
        _, error = attempt(one.path)
    return msgspec.structs.replace(one, **seen, loads_compiled=not error, error_compiled=error)


def attempt(path: str, **options: Any) -> tuple[Any, str]:
    """The model, or what was raised instead."""
    import keras

    keras.backend.clear_session(free_memory=False)
    try:
        return keras.saving.load_model(path, **options), ""
    except Exception as error:  # noqa: BLE001  whatever is raised is the outcome
        return None, complaint(error)


def called(model: Any, path: Path) -> dict[str, Any]:
    """One call on the inputs that the writer used, or on what the model declares."""
    golden = path.parent / (path.name.split(".")[0] + ".npz")
    try:
        arrays = dict(np.load(golden)) if golden.exists() else {}
        inputs = arranged(arrays, "in:") if arrays else declared(model)
        if inputs is None:
            return {}
        model.run_eagerly = True  # one call is not worth a compilation
        found = model.predict_on_batch(inputs)
    except Exception as error:  # noqa: BLE001  whatever is raised is the outcome
        return {"predicts": False, "error_predict": complaint(error)}
    return {"predicts": True, "difference": difference(found, arranged(arrays, "out:"))}


def arranged(arrays: dict[str, Any], mark: str) -> Any:
    """Arrays of an .npz under one mark, as they were given: one, a list or a dictionary."""
    values = {key.removeprefix(mark): value for key, value in arrays.items() if mark in key}
    values = {
        key: text(value) if value.dtype.kind == "U" else value for key, value in values.items()
    }
    if not all(key.isdigit() for key in values):
        return values
    listed = [values[str(index)] for index in range(len(values))]
    return listed[0] if len(listed) == 1 else listed or None


def text(value: Any) -> Any:
    """A tensor of strings: Keras 3 takes no arrays of text."""
    import tensorflow

    return tensorflow.constant(value)


def declared(model: Any) -> Any:
    """Zeros of the shape that the model declares; None where it declares none."""
    inputs = getattr(model, "inputs", None)
    if not inputs or any(getattr(one, "sparse", False) for one in inputs):
        return None
    made = [np.zeros([length or 2 for length in one.shape], one.dtype) for one in inputs]
    return made[0] if len(made) == 1 else made


def difference(found: Any, expected: Any) -> float | None:
    """Largest difference as a share of the largest output; None where they cannot be compared."""
    import keras

    if expected is None or (isinstance(expected, dict) and not isinstance(found, dict)):
        return None
    pairs = zip(keras.tree.flatten(found), keras.tree.flatten(expected), strict=False)
    worst = 0.0
    for one, other in pairs:
        if other is None or one.shape != other.shape or one.dtype.kind not in "fiu":
            return None
        largest = float(np.max(np.abs(other), initial=0)) or 1.0
        worst = max(worst, float(np.max(np.abs(one - other), initial=0)) / largest)
    return worst


def complaint(error: BaseException) -> str:
    """An error in one line."""
    told = " ".join(str(error).split())
    if len(told) > LONGEST:  # what went wrong stands at either end
        told = f"{told[: LONGEST // 4]} … {told[-3 * LONGEST // 4 :]}"
    return f"{type(error).__name__}: {told}"


if __name__ == "__main__":
    main()
