"""Save each model twice, as plain Keras and as Saveguard does, with what it answers.

Called as `python write.py FOLDER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import models
import numpy as np

import saveguard


def main() -> None:
    """Write the files of every model."""
    folder = Path(sys.argv[1])
    for name in models.MODELS:
        model = models.trained(name)
        state = [np.asarray(one) for one in model.optimizer.variables]
        answers = model.predict(models.inputs(name), verbose=0)
        np.savez(folder / f"{name}.npz", answers, *state)
        model.save(folder / f"{name}.keras.keras")
        model.save_weights(folder / f"{name}.keras.weights.h5")
        saveguard.save(model, folder / f"{name}.ours.keras", prove=False)
        saveguard.save(model, folder / f"{name}.ours.weights.h5", prove=False)


if __name__ == "__main__":
    main()
