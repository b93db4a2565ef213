"""Keras's loader of `.keras` files, kept from taking the weights into memory a second time.

Keras 3.15.1 reads the whole member into memory where that seems large enough, and each array out of
it again: the file and the model together are twice the weights. Here HDF5 reads where they lie.
"""

from __future__ import annotations

import contextlib

from .quick import exchanged
from .window import weights_of


@contextlib.contextmanager
def read_in_place():
    """While the block runs, `load_model` opens the weights in the zip itself.

    Releases that have other places for this are left as they are.
    """
    try:
        from keras.src.saving import saving_lib

        store = saving_lib.H5IOStore
        store._get_h5_file, saving_lib.is_memory_sufficient  # noqa: B018  asks whether they are
    except (ImportError, AttributeError):
        yield
        return
    original = store._get_h5_file

    def opened(self, path_or_io, mode=None):
        if self.archive is None or (mode or self.mode) != "r" or not self.archive.filename:
            return original(self, path_or_io, mode)
        import h5py

        self.io_file = open(self.archive.filename, "rb", buffering=0)  # noqa: SIM115  closed by Keras
        return h5py.File(weights_of(self.archive.filename, self.io_file), "r")

    with exchanged(store, _get_h5_file=opened), exchanged(
        saving_lib, is_memory_sufficient=_neither
    ):
        yield


def _neither(model):  # noqa: ARG001  Keras gives it
    """Neither memory nor a folder for a copy: the loader then reads out of the archive."""
    raise MemoryError
