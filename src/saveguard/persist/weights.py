"""`saveguard.load_weights`: arrays into a model that is there, from one file or from many."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from saveguard.diagnosis.diagnose import diagnose
from saveguard.errors import attach
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.persist import digests, reader
from saveguard.persist.agreed import agreed
from saveguard.persist.model_type import require_model
from saveguard.persist.verify import opened
from saveguard.persist.walking import garbage_kept, walking_faster
from saveguard.remote.near import near

# Bytes that are read before they are asked for.
_AHEAD = 1 << 28


def load_weights(
    model: Any, path: str | os.PathLike[str], *, verify_digests: digests.When = "now"
) -> None:
    """Load weights that `saveguard.save` or Keras wrote into a model that is built.

    They are held against their checksums and digests meanwhile, and arrays that come next are
    read while others are assigned, from several shards at once.

    Args:
        model: The model, built; compiled, if the optimizer's variables are to be loaded too.
        path: A `.weights.h5`, a `.weights.json` with its shards, or a `.keras`; or the address
            of one, `s3://bucket/m.weights.json`.
        verify_digests: As in `saveguard.load`.

    Raises:
        SaveguardError: If the file is missing, damaged, or changed since it was saved.
        Exception: Whatever Keras raises, with the diagnosis as a note.
    """
    require_model(model)
    with near(path) as name:
        facts = opened(name, digests=False)
        digests.require(facts)
        when = verify_digests if name == os.fspath(path) else "now"
        with digests.checked_beside(name, when):
            _load(model, facts)


def _load(model: Any, facts: ArchiveFacts) -> None:
    """By our reader; where that stops, by Keras's, whose word counts."""
    if reader.lies_flat(facts) and agreed(facts):
        with contextlib.suppress(Exception):
            _assign(model, facts)
            return
    try:
        model.load_weights(facts.path)
    except Exception as error:
        attach(error, diagnose(error, "load", facts.path))
        raise


def _assign(model: Any, facts: ArchiveFacts) -> None:
    from keras.src.saving import saving_lib

    arrays = reader.weights(facts)
    with (
        _ahead(arrays) as values,
        walking_faster(),
        garbage_kept(),
    ):
        reader.load_state(model, reader.store(saving_lib.H5IOStore, values, arrays), None)


class _Ahead:
    """Arrays that are read before they are asked for, in the order in which they lie."""

    def __init__(self, arrays: Sequence[StoredArray], pool: ThreadPoolExecutor) -> None:
        self._left = deque(arrays)
        self._pool = pool
        self._coming: dict[str, Future[np.ndarray[Any, Any]]] = {}
        self._size = 0

    def __call__(self, array: StoredArray) -> np.ndarray[Any, Any]:
        """Its values; meanwhile the next ones are read."""
        self._more()
        coming = self._coming.pop(array.path, None)
        if coming is None:
            with contextlib.suppress(ValueError):
                self._left.remove(array)
            return _read(array)
        self._size -= array.stored
        self._more()
        return coming.result()

    def _more(self) -> None:
        while self._left and self._size < _AHEAD:
            array = self._left.popleft()
            self._size += array.stored
            self._coming[array.path] = self._pool.submit(_read, array)


def _read(array: StoredArray) -> np.ndarray[Any, Any]:
    with reader.opened(array.source) as descriptor:
        return reader.read(descriptor, array)


@contextlib.contextmanager
def _ahead(arrays: Sequence[StoredArray]) -> Iterator[_Ahead]:
    with ThreadPoolExecutor(2, "saveguard-read") as pool:
        yield _Ahead(arrays, pool)
