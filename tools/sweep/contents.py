"""Hold a file that Saveguard wrote against the one that plain Keras writes of the same model."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

WEIGHTS = "model.weights.h5"
# What Saveguard adds: the golden arrays, and the receipt in the metadata.
OWN = "saveguard"
METADATA = "metadata.json"
# Of an `.h5` file: Saveguard writes short names of losses in full, for which Keras's reader looks.
SETTINGS = "training_config"


def unlike(written: Path, plain: Path) -> Iterator[str]:
    """Every difference in content between two `.keras` files, in one line each."""
    with zipfile.ZipFile(written) as ours, zipfile.ZipFile(plain) as keras:
        damaged = ours.testzip()
        if damaged:
            yield f"{damaged} is not what its checksum says"
        names = [set(archive.namelist()) for archive in (ours, keras)]
        yield from (f"{name} is in one file only" for name in names[0] ^ names[1])
        for name in sorted(names[0] & names[1] - {WEIGHTS, METADATA}):
            if ours.read(name) != keras.read(name):
                yield f"{name} has other content"
        weights = [io.BytesIO(archive.read(WEIGHTS)) for archive in (ours, keras)]
    yield from unlike_weights(*weights)


def unlike_weights(ours: Any, keras: Any) -> Iterator[str]:
    """Every difference between two HDF5 files: groups, attributes, dtypes, shapes, values."""
    with h5py.File(ours) as first, h5py.File(keras) as second:
        held = [_objects(file) for file in (first, second)]
    yield from (f"{name} is in one file only" for name in held[0].keys() ^ held[1].keys())
    for name in sorted(held[0].keys() & held[1].keys()):
        if held[0][name] != held[1][name]:
            yield f"{name} differs"


def _objects(file: h5py.File) -> dict[str, tuple[Any, ...]]:
    """Of each object its kind, attributes, dtype, shape, and the bytes of its values."""
    found: dict[str, tuple[Any, ...]] = {}

    def visit(name: str, item: Any) -> None:
        if name.split("/")[0] == OWN:
            return
        attributes = {
            key: np.asarray(value).tolist() for key, value in item.attrs.items() if key != SETTINGS
        }
        values: tuple[Any, ...] = ()
        if isinstance(item, h5py.Dataset):
            array = np.asarray(item[()])
            content = array.tolist() if array.dtype.hasobject else array.tobytes()
            values = str(item.dtype), item.shape, content
        found[name] = (type(item).__name__, attributes, *values)

    visit("", file)
    file.visititems(visit)
    return found
