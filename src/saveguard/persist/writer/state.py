"""A model's state in an HDF5 file: Keras's own walk over the model decides what is stored where."""

from __future__ import annotations

import functools
import io
from typing import Any

import numpy as np

from saveguard.child import running
from saveguard.persist.snapshot import copy_of
from saveguard.persist.walking import walking_faster
from saveguard.persist.writer.groups import Dataset, NotWritable
from saveguard.persist.writer.recorded import Written, measure, name_of

# Backends whose tensors NumPy reads in place, where they lie in main memory.
_SHARES_MEMORY = ("tensorflow", "jax")


def store(file: Any, model: Any, assets: Any, written: Written) -> None:
    """Have Keras put the model's state into an open file: h5py's, or one of `writer.file`.

    Raises:
        NotWritable: If `writer.file` does not write what a layer gives.
        Exception: Whatever Keras, or a layer's `save_own_variables`, raises.
    """
    from keras.src.saving import saving_lib

    held = _recording_store(saving_lib.H5IOStore, file, written)
    with walking_faster():
        saving_lib._save_state(model, held, assets, "", visited_saveables=set())


def _recording_store(base: Any, file: Any, written: Written) -> Any:
    """Keras's HDF5 store, on an open file, which records what is put into it."""

    class RecordingStore(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(io.BytesIO(), mode="w")

        def _get_h5_file(self, path_or_io: Any, mode: str | None = None) -> Any:
            return file

        def __setitem__(self, key: str, value: Any) -> None:
            array = view(value)
            if not self._h5_entry_initialized:
                self._create_h5_group(self._h5_entry_path)
            # Keras's own method copies the array once more.
            dataset = self._h5_entry_group.create_dataset(key, data=array)
            if name_of(array.dtype) == "bfloat16":
                dataset.attrs["dtype"] = "bfloat16"
            ready = isinstance(dataset, Dataset) and dataset.measured
            measured = ready or functools.partial(lambda facts: facts, measure(array))
            written.note(f"{self._h5_entry_path}/vars/{key}", value, measured)

        def __getitem__(self, key: str) -> Any:
            group = self._h5_entry_group
            if key in group and isinstance(group[key], Dataset):
                raise NotWritable("a layer reads back what it has stored")
            return super().__getitem__(key)

    return RecordingStore()


def view(value: Any) -> np.ndarray[Any, Any]:
    """A variable's value, in the backend's own memory where NumPy can read that."""
    import keras

    backend = keras.backend.backend()
    if isinstance(value, keras.Variable) and (copy := copy_of(value)) is not None:
        return copy
    if not isinstance(value, keras.Variable) or backend not in _SHARES_MEMORY:
        return np.asarray(running.value_of(value))
    held = value.value
    # Of TensorFlow's variable a tensor, which its next assignment does not change.
    return np.asarray(held.value() if backend == "tensorflow" and hasattr(held, "value") else held)
