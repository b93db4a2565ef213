"""Read a `.keras` file into a model, each array once, straight from where it lies in the file.

Keras's reader takes the whole file into memory, reads it there by HDF5, and copies each array
again. Here the arrays' places are known (`archive.read`), and Keras's own walk over the model asks
for them one by one; what comes out is the model that `keras.saving.load_model` gives.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from saveguard.archive.read import CONFIG, WEIGHTS
from saveguard.child.quick import ALIGNMENT, number, quick_build
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.persist.walking import garbage_kept, walking_faster

_ASSETS = "assets/"


def reads(facts: ArchiveFacts) -> bool:
    """Whether all arrays of this file lie in one piece each, and are numbers."""
    weights = [one for one in facts.arrays if one.member == WEIGHTS]
    return (
        facts.layout == "keras"
        and not facts.unread
        and not facts.links
        and any(one.name == WEIGHTS and not one.compressed for one in facts.members)
        and all(one.offset >= 0 or not one.count or one.role == "golden" for one in weights)
    )


def load(facts: ArchiveFacts, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
    """The model in a `.keras` file; see `reads`.

    Raises:
        Exception: Whatever Keras raises.
    """
    from keras.src.saving import saving_lib

    with zipfile.ZipFile(facts.path) as archive, contextlib.ExitStack() as stack:
        config = archive.read(CONFIG).decode()
        assets = stack.enter_context(_assets(saving_lib, archive))
        file = stack.enter_context(open(facts.path, "rb", buffering=0))
        stack.enter_context(quick_build())
        stack.enter_context(walking_faster(saving_lib))
        stack.enter_context(garbage_kept())
        model = saving_lib._model_from_config(config, custom_objects, compile, True)
        store = _store(saving_lib.H5IOStore, file.fileno(), facts)
        failed: set[int] = set()
        errors: dict[int, Any] = {}
        saving_lib._load_state(
            model,
            weights_store=store,
            assets_store=assets,
            inner_path="",
            visited_saveables=set(),
            failed_saveables=failed,
            error_msgs=errors,
        )
        if failed:
            saving_lib._raise_loading_failure(errors)
    return model


@contextlib.contextmanager
def _assets(saving_lib: Any, archive: zipfile.ZipFile) -> Iterator[Any]:
    """Keras's store of assets, unpacked without the weights; None where there are none."""
    names = [name for name in archive.namelist() if name.startswith(_ASSETS)]
    if not names:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        archive.extractall(folder, names)
        yield saving_lib.DiskIOStore(os.path.join(folder, "assets"), mode="r")


def _store(base: Any, descriptor: int, facts: ArchiveFacts) -> Any:
    """Keras's HDF5 store, whose arrays are read where they lie."""
    groups, paths = _groups(facts)

    class ReadingStore(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(io.BytesIO(), mode="r")

        def _get_h5_file(self, path_or_io: Any, mode: str | None = None) -> Any:
            return groups

        def __bool__(self) -> bool:
            return True

        def get(self, path: str) -> Any:
            self._h5_entry_path = path
            self._h5_entry_group = groups.get(f"{path}/vars" if path else "vars", {})
            self._h5_entry_initialized = True
            return self

        def has_path(self, path: str) -> bool:
            return path in paths

        def __getitem__(self, key: str) -> Any:
            return _values(descriptor, self._h5_entry_group[key])

        def close(self) -> None:
            """The file is closed by whoever opened it."""

    return ReadingStore()


def _groups(facts: ArchiveFacts) -> tuple[dict[str, dict[str, StoredArray]], set[str]]:
    """The arrays by group and name, names in order as HDF5 has them; and every path there is."""
    groups: dict[str, dict[str, StoredArray]] = {}
    paths: set[str] = set()
    stored = (one for one in facts.arrays if one.member == WEIGHTS)
    for array in sorted(stored, key=lambda one: one.path.encode()):
        group, _, name = array.path.rpartition("/")
        groups.setdefault(group, {})[name] = array
        parts = array.path.split("/")
        paths.update("/".join(parts[:end]) for end in range(1, len(parts)))
    return groups, paths


def _values(descriptor: int, array: StoredArray) -> np.ndarray[Any, Any]:
    """An array, read into memory of its own.

    Raises:
        OSError: If the file ends before its values do.
    """
    kind = number(array.dtype)
    assert kind is not None
    size = array.count * kind.itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    first = -room.ctypes.data % ALIGNMENT
    view = room[first : first + size]
    done = 0
    while done < size:
        got = os.preadv(descriptor, [view[done:].data], array.offset + done)
        if not got:
            raise OSError(f"{array.path} ends after {done} of {size} bytes")
        done += got
    values: np.ndarray[Any, Any] = view.view(kind).reshape(array.shape)
    return values
