"""Models that are saved, and files that tell which model they hold.

Every weight of a marked model has one value, its marker, so that a file is exactly the old model,
exactly the new one, or broken; a file of both, or of half a model, is seen as broken.
"""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Size(NamedTuple):
    """How many square float32 tensors a model has, and how many rows each."""

    tensors: int
    rows: int

    @property
    def bytes(self) -> int:
        """Bytes of all weights together."""
        return self.tensors * self.rows * self.rows * 4


class Content(NamedTuple):
    """What a whole file holds."""

    marker: int
    tensors: int


SIZES = {
    "1 MB": Size(1, 512),
    "5 MB": Size(5, 512),
    "10 MB": Size(10, 512),
    "20 MB": Size(20, 512),
    "200 MB": Size(12, 2048),
    "1 GB": Size(15, 4096),
    "2,000 x 4 KB": Size(2000, 32),
}


def build(size: Size, marker: int | None = None) -> Any:
    """A functional model of `size`: all weights `marker`, or random where that is None."""
    import keras

    start = "glorot_uniform" if marker is None else keras.initializers.Constant(marker)
    inputs = keras.Input((size.rows,))
    # Side by side: Keras calls itself once for each layer of a chain, and 2,000 are too many.
    branches = [
        keras.layers.Dense(size.rows, use_bias=False, kernel_initializer=start)(inputs)
        for _ in range(size.tensors)
    ]
    outputs = keras.layers.Add()(branches) if len(branches) > 1 else branches[0]
    return _drawn(keras.Model(inputs, outputs))


def _drawn(model: Any) -> Any:
    """The model when its weights are in memory: JAX draws them behind, while Python goes on."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        jax.block_until_ready([variable.value for variable in model.variables])
    return model


def content(path: Path) -> Content | None:
    """What the `.keras` file at `path` holds, read without Keras; None unless it is whole.

    The file is opened once, so that a rename in the middle cannot mix two files. Reading a
    member to its end checks its CRC-32.
    """
    import h5py

    values: set[float] = set()
    tensors = 0

    def visit(name: str, item: Any) -> None:
        nonlocal tensors
        if isinstance(item, h5py.Dataset) and not name.startswith("saveguard/"):
            array = item[()]
            values.update((float(array.min()), float(array.max())))
            tensors += 1

    try:
        with zipfile.ZipFile(path) as archive:
            if not {"config.json", "metadata.json"} <= set(archive.namelist()):
                return None
            weights = io.BytesIO(archive.read("model.weights.h5"))
        with h5py.File(weights, "r") as file:
            file.visititems(visit)
    except (OSError, KeyError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    return Content(int(values.pop()), tensors) if len(values) == 1 else None


def loads(path: Path, expected: Content) -> bool:
    """Whether plain Keras loads the file as the model that is expected."""
    import keras

    weights = keras.saving.load_model(path).get_weights()
    whole = all((array == expected.marker).all() for array in weights)
    return whole and len(weights) == expected.tensors


def strays(target: Path) -> list[str]:
    """The names beside the target: what a save left behind."""
    return sorted(name for name in os.listdir(target.parent) if name != target.name)


def _by_keras(model: Any, path: Path) -> None:
    model.save(path)


def _unproven(model: Any, path: Path) -> None:
    import saveguard

    saveguard.save(model, path, prove=False)


def _proven(model: Any, path: Path) -> None:
    import saveguard

    saveguard.save(model, path)


def _behind(model: Any, path: Path, *, prove: bool = False) -> None:
    """The weights are others while the file is written: it must hold those that were copied."""
    import saveguard

    weights = model.get_weights()
    saving = saveguard.save(model, path, prove=prove, background=True)
    model.set_weights([array + 1000 for array in weights])
    saving.result()
    model.set_weights(weights)


def _proven_behind(model: Any, path: Path) -> None:
    _behind(model, path, prove=True)


SAVERS: dict[str, Callable[[Any, Path], None]] = {
    "model.save": _by_keras,
    "saveguard.save(prove=False)": _unproven,
    "saveguard.save": _proven,
    "saveguard.save(prove=False, background=True)": _behind,
    "saveguard.save(background=True)": _proven_behind,
}
PROVEN = {"saveguard.save", "saveguard.save(background=True)"}


class Row(NamedTuple):
    """What one fault did to one way of saving.

    Attributes:
        tried: How often the fault was provoked, or a reader looked.
        old, new: How often the target then was the old or the new file, whole.
        lost: How often it was neither.
        strays: What lay beside the target after the next save, or after the error.
        ended: How it ended, in words.
    """

    fault: str
    saver: str
    tried: int
    old: int
    new: int
    lost: int
    strays: str
    ended: str
