"""Archives to check, written by plain Keras; in a process of its own, which may grow.

python benchmarks/archives.py small FOLDER 1000
python benchmarks/archives.py large FILE 200
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Two dozen tensors share a large file's bytes.
TENSORS = 24


def small(folder: Path, count: int) -> None:
    """`count` files of a few architectures that people begin with, half `.keras`, half `.h5`."""
    folder.mkdir(parents=True)
    kinds = [*_saved(folder)]
    for number in range(count):
        kind = kinds[number % len(kinds)]
        shutil.copy(kind, folder / f"{number:04}{kind.suffix}")
    for kind in kinds:
        kind.unlink()


def _saved(folder: Path) -> Iterator[Path]:
    import keras
    import numpy as np

    for number, model in enumerate(_models()):
        # Trained, so that the optimizer has a state; with a loss that an `.h5` file brings back.
        model.compile("adam", keras.losses.MeanSquaredError())
        x = np.ones((1, *model.input_shape[1:]), "float32")
        model.train_on_batch(x, model.predict(x, verbose=0))
        for suffix in (".keras", ".h5"):
            path = folder / f"kind-{number}{suffix}"
            model.save(path)
            yield path


def _models() -> Iterator[Any]:
    import keras
    from keras import layers

    yield keras.Sequential([keras.Input((8,)), layers.Dense(16, "relu"), layers.Dense(3)])
    yield keras.Sequential([keras.Input((20,)), layers.Embedding(100, 8), layers.LSTM(8)])
    convolution = [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten()]
    yield keras.Sequential([keras.Input((16, 16, 3)), *convolution, layers.Dense(2)])
    inputs = keras.Input((8,))
    yield keras.Model(inputs, layers.Add()([layers.Dense(8)(inputs), inputs]))


def large(path: Path, megabytes: int) -> None:
    """One `.keras` file with that many megabytes of weights in two dozen tensors."""
    import subject

    rows = int((megabytes * 1e6 / 4 / TENSORS) ** 0.5)
    subject.build(subject.Size(TENSORS, rows)).save(path)


if __name__ == "__main__":
    {"small": small, "large": large}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
