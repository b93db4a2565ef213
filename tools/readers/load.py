"""Load the files of `write.py` with plain Keras, and print as JSON what came of each.

Called as `python load.py FOLDER` by the Keras that is to load them. `same` is what answers, and
where there is one the optimizer's state, as they were; anything else says what is wrong.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import keras
import models
import numpy as np


def main() -> None:
    """Load every file."""
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    found = {"keras": keras.__version__, "files": {}}
    for path in sorted(folder.glob("*.*.*")):
        try:
            told = tried(path)
        except Exception as error:  # noqa: BLE001  whatever is raised is the outcome
            told = complaint(error)
        found["files"][path.name] = told
    print(json.dumps(found))


def tried(path: Path) -> str:
    """What a file gives: `same`, or what differs."""
    name = path.name.split(".")[0]
    answers, *state = (array for _, array in sorted_arrays(path.with_name(f"{name}.npz")))
    if path.name.endswith(".weights.h5"):
        model = models.built(name)
        model.load_weights(path)
    else:
        model = keras.models.load_model(path)
        held = [np.asarray(one) for one in model.optimizer.variables]
        if len(held) != len(state) or not all(map(np.array_equal, held, state)):
            return "another optimizer's state"
    there = model.predict(models.inputs(name), verbose=0)
    return "same" if np.allclose(there, answers, atol=1e-5) else "other answers"


def sorted_arrays(path: Path) -> list[tuple[int, Any]]:
    """The arrays of an archive that `np.savez` numbered, by their numbers."""
    with np.load(path) as held:
        return sorted((int(key.removeprefix("arr_")), held[key]) for key in held.files)


def complaint(error: Exception) -> str:
    """What an exception says, without where the file lies."""
    lines = str(error).strip().splitlines()
    # Keras tells of the object first, and at the end of what was raised within.
    inner = [one for one in lines if one.startswith("Exception encountered")]
    reason = (inner[-1:] or lines or [""])[0].removeprefix("Exception encountered: ")
    return f"{type(error).__name__}: {reason}"[:200]


if __name__ == "__main__":
    main()
