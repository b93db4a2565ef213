"""Other ways to bring a model's weights to the disk: nothing but bytes, NumPy, safetensors, Orbax.

What is not installed is left out; `pip install` of the dependency group `bench` brings it. None of
them writes a configuration, proves anything, or keeps the previous file until the new one is whole.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Saver = Callable[[Any, Path], None]
RAW = "raw write + fsync"
_NEEDS = {"safetensors + fsync": "safetensors", "Orbax": "orbax.checkpoint"}


def arrays(model: Any) -> dict[str, np.ndarray[Any, Any]]:
    """The weights by path, in the backend's own memory where NumPy can read that."""
    import keras

    def view(variable: Any) -> np.ndarray[Any, Any]:
        held = variable.value
        return np.asarray(held.value() if keras.backend.backend() == "tensorflow" else held)

    return {variable.path: view(variable) for variable in model.variables}


def flush(path: Path) -> None:
    """Have the operating system put a file on the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def raw(model: Any, path: Path) -> None:
    """The same bytes, one array behind the other."""
    with open(path, "wb", buffering=0) as file:
        for array in arrays(model).values():
            content = memoryview(array.reshape(-1).view(np.uint8))
            while content:
                content = content[file.write(content) :]
        os.fsync(file.fileno())


def numpy(model: Any, path: Path) -> None:
    """One `.npz`."""
    with open(path, "wb") as file:
        np.savez(file, **{name.replace("/", "."): held for name, held in arrays(model).items()})
    flush(path)


def safetensors(model: Any, path: Path) -> None:
    """One `.safetensors`."""
    from safetensors.numpy import save_file

    save_file(arrays(model), path)
    flush(path)


def orbax(model: Any, path: Path) -> None:
    """A folder, which Orbax gives its name when all of it is there."""
    import orbax.checkpoint

    folder = path.with_suffix(".orbax")
    shutil.rmtree(folder, ignore_errors=True)
    with orbax.checkpoint.PyTreeCheckpointer() as checkpointer:
        checkpointer.save(folder.absolute(), {v.path: v.value for v in model.variables})


def present() -> dict[str, Saver]:
    """Those that can run here, by name; Orbax takes JAX's arrays only."""
    import keras

    ways: dict[str, Saver] = {
        RAW: raw,
        "numpy.savez + fsync": numpy,
        "safetensors + fsync": safetensors,
        "Orbax": orbax,
    }
    if keras.backend.backend() != "jax":
        del ways["Orbax"]
    return {name: way for name, way in ways.items() if _is_there(_NEEDS.get(name, "numpy"))}


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
