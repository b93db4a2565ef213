"""Read a `.keras` file into a model, each array once, straight from where it lies in the file.

Keras's reader takes the whole file into memory, reads it there by HDF5, and copies each array
again. Here the arrays' places are known (`archive.read`), and Keras's own walk over the model asks
for them one by one; what comes out is the model that `keras.saving.load_model` gives.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from saveguard.archive.read import CONFIG, WEIGHTS
from saveguard.child.quick import quick_build
from saveguard.child.taking import ALIGNMENT, number
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.persist.ahead import Ahead
from saveguard.persist.walking import garbage_kept, walking_faster

_ASSETS = "assets/"


def reads(facts: ArchiveFacts) -> bool:
    """Whether all arrays of this file lie in one piece each, and are numbers."""
    return (
        facts.layout == "keras"
        and any(one.name == WEIGHTS and not one.compressed for one in facts.members)
        and lies_flat(facts)
    )


def lies_flat(facts: ArchiveFacts) -> bool:
    """Whether all arrays of weights, in one file or in several, can be read where they lie."""
    flat = all(one.offset >= 0 or not one.count for one in weights(facts))
    return flat and not facts.unread and not facts.links


def weights(facts: ArchiveFacts) -> list[StoredArray]:
    """The arrays that belong to the model, in the order in which they lie."""
    keras = facts.layout == "keras"
    found = [one for one in facts.arrays if not keras or one.member == WEIGHTS]
    kept = [one for one in found if one.role != "golden"]
    return sorted(kept, key=lambda one: (one.source, one.offset))


def load(
    facts: ArchiveFacts, custom_objects: dict[str, Any] | None, compile: bool, checked: bool = False
) -> Any:
    """The model in a `.keras` file; see `reads`.

    Args:
        checked: Hold all bytes of its weights against their checksum on the way.

    Raises:
        ValueError: If they are others; or whatever Keras raises.
    """
    from keras.src.saving import saving_lib

    with zipfile.ZipFile(facts.path) as archive, contextlib.ExitStack() as stack:
        config = archive.read(CONFIG).decode()
        assets = stack.enter_context(_assets(saving_lib, archive))
        stack.enter_context(quick_build())
        stack.enter_context(walking_faster())
        stack.enter_context(garbage_kept())
        descriptor = stack.enter_context(opened(facts.path))
        member = next(one for one in facts.members if one.name == WEIGHTS)
        ahead = Ahead(descriptor, member, weights(facts), checked)
        stack.enter_context(contextlib.closing(ahead))
        model = saving_lib._model_from_config(config, custom_objects, compile, True)
        values = functools.partial(_values, descriptor, ahead)
        load_state(model, store(saving_lib.H5IOStore, values, weights(facts)), assets)
        if checked and ahead.checksum() != member.crc:
            raise ValueError(f"{WEIGHTS} is not what its checksum says")
    return model


def _values(descriptor: int, ahead: Ahead, array: StoredArray) -> np.ndarray[Any, Any]:
    """What was read ahead, or is read anew by a layer that takes an array twice."""
    try:
        return ahead.values(array)
    except KeyError:
        return read(descriptor, array)


def load_state(model: Any, weights_store: Any, assets: Any) -> None:
    """Have Keras walk over a model and take from a store what it holds.

    Raises:
        Exception: Whatever Keras raises.
    """
    from keras.src.saving import saving_lib

    failed: set[int] = set()
    errors: dict[int, Any] = {}
    saving_lib._load_state(
        model,
        weights_store=weights_store,
        assets_store=assets,
        inner_path="",
        visited_saveables=set(),
        failed_saveables=failed,
        error_msgs=errors,
    )
    if failed:
        saving_lib._raise_loading_failure(errors)


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


def store(base: Any, values: Callable[[StoredArray], Any], arrays: Iterable[StoredArray]) -> Any:
    """Keras's HDF5 store, whose arrays are read by `values`, where they lie."""
    groups, paths = _groups(arrays)

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
            return values(self._h5_entry_group[key])

        def close(self) -> None:
            """The file is closed by whoever opened it."""

    return ReadingStore()


def _groups(
    arrays: Iterable[StoredArray],
) -> tuple[dict[str, dict[str, StoredArray]], set[str]]:
    """The arrays by group and name, names in order as HDF5 has them; and every path there is."""
    groups: dict[str, dict[str, StoredArray]] = {}
    paths: set[str] = set()
    for array in sorted(arrays, key=lambda one: one.path.encode()):
        group, _, name = array.path.rpartition("/")
        groups.setdefault(group, {})[name] = array
        parts = array.path.split("/")
        paths.update("/".join(parts[:end]) for end in range(1, len(parts)))
    return groups, paths


@contextlib.contextmanager
def opened(path: str) -> Iterator[int]:
    """A file's descriptor while the block runs."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read(descriptor: int, array: StoredArray) -> np.ndarray[Any, Any]:
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
