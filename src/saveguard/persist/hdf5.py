"""Write `.h5` and `.weights.h5` files, with golden and receipt in a group of their own."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import h5py

from saveguard.archive.read import hdf5_digests
from saveguard.child import arrays, running
from saveguard.persist.walking import garbage_kept, walking_faster
from saveguard.persist.writer import legacy, state
from saveguard.persist.writer.file import File
from saveguard.persist.writer.groups import NotWritable
from saveguard.persist.writer.recorded import Written, measure

# Shape and digest of each array of a file.
Contents = list[tuple[tuple[int, ...], str]]


class HDF5File:
    """A `.h5` or `.weights.h5` file being written; the same interface as `KerasArchive`."""

    def __init__(self, path: Path, write_golden: Callable[[Any], None]) -> None:
        self.path = path
        self.write_golden = write_golden
        self.written = Written()
        self.writer: Literal["saveguard", "keras"] = "saveguard"
        self.described: tuple[str, str] | None = None
        self._alone = path.name.endswith(".weights.h5")

    def write(self, model: Any) -> Written:
        """Write the model, or its weights where the name ends in `.weights.h5`.

        Raises:
            Exception: Whatever Keras raises for a model that it cannot save.
        """
        with garbage_kept():
            try:
                self._by_ours(model)
            except NotWritable:
                self.written, self.writer = Written(), "keras"
                self._by_keras(model)
        return self.written

    def write_receipt(self, receipt: str) -> None:
        """Store the receipt in the group `saveguard`: a dataset, as an attribute holds 64 KiB."""
        with h5py.File(self.path, "r+") as file:
            group = file.require_group(arrays.GROUP)
            if arrays.RECEIPT in group:
                del group[arrays.RECEIPT]
            group.create_dataset(arrays.RECEIPT, data=receipt)

    def _by_ours(self, model: Any) -> None:
        kind = File if self._alone else legacy.LegacyFile
        with open(self.path, "w+b", buffering=0) as opened:
            file = kind(opened.fileno(), 0, measure)
            try:
                self._store(file, model)
                self.write_golden(file)
                file.seal()
                self.written.digests.update(file.digests())
                self.written.settle()
                if not self._alone:
                    self._recognise(model, file.contents())
            finally:
                file.close()

    def _store(self, file: Any, model: Any) -> None:
        import keras

        if not self._alone:
            legacy.store(file, model)
            return
        if not model.built or type(model).save_weights is not keras.Model.save_weights:
            raise NotWritable("what only the model's own `save_weights` does, or refuses")
        state.store(file, model, None, self.written)

    def _by_keras(self, model: Any) -> None:
        if self._alone:
            with walking_faster():
                model.save_weights(self.path)
        else:
            _save_whole(model, self.path)
        self._recognise(model, _contents(self.path))
        with h5py.File(self.path, "r+") as file:
            self.write_golden(file)
            self.written.digests.update(hdf5_digests(file))

    def _recognise(self, model: Any, stored: Contents) -> None:
        """Note which variables are in the file, by their values: its names are not theirs."""
        for path, variable in running.variables(model) + running.optimizer_variables(model):
            facts = measure(running.value_of(variable), path)
            key = (facts.shape, facts.digest)
            if key in stored:
                stored.remove(key)
                self.written.contents.append(key)
                self.written.by_id[id(variable)] = facts


def _contents(path: Path) -> Contents:
    found: Contents = []

    def visit(_name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found.append((item.shape, arrays.digest(item[()])))

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


def _save_whole(model: Any, path: Path) -> None:
    with contextlib.ExitStack() as stack:
        quiet = logging.getLogger("absl")
        stack.callback(quiet.setLevel, quiet.level)
        quiet.setLevel(logging.ERROR)  # the format's losses are told by SG413
        stack.enter_context(legacy.compiling_kept(model))
        model.save(path)
    with h5py.File(path, "r+") as file:
        if "training_config" in file.attrs:
            told = legacy.with_full_names(file.attrs["training_config"])
            file.attrs["training_config"] = told
