"""Write `.h5` and `.weights.h5` files by Keras's own writer, and put golden and receipt in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import h5py

from saveguard.archive.read import hdf5_digests
from saveguard.child import arrays, running
from saveguard.persist.walking import walking_faster
from saveguard.persist.writer.recorded import Written, measure


class HDF5File:
    """A `.h5` or `.weights.h5` file being written; the same interface as `KerasArchive`."""

    def __init__(self, path: Path, write_golden: Callable[[h5py.File], None]) -> None:
        self.path = path
        self.write_golden = write_golden
        self.written = Written()
        self.writer: Literal["saveguard", "keras"] = "keras"
        self.described: tuple[str, str] | None = None

    def write(self, model: Any) -> Written:
        """Write the model, or its weights where the name ends in `.weights.h5`.

        Raises:
            Exception: Whatever Keras raises for a model that it cannot save.
        """
        if self.path.name.endswith(".weights.h5"):
            from keras.src.saving import saving_lib

            with walking_faster(saving_lib):
                model.save_weights(self.path)
        else:
            _save_whole(model, self.path)
        named = running.variables(model) + running.optimizer_variables(model)
        stored = self._contents()
        for path, variable in named:
            facts = measure(running.value_of(variable), path)
            key = (facts.shape, facts.digest)
            if key in stored:
                stored.remove(key)
                self.written.contents.append(key)
                self.written.by_id[id(variable)] = facts
        with h5py.File(self.path, "r+") as file:
            self.write_golden(file)
            self.written.digests.update(hdf5_digests(file))
        return self.written

    def write_receipt(self, receipt: str) -> None:
        """Store the receipt in the group `saveguard`: a dataset, as an attribute holds 64 KiB."""
        with h5py.File(self.path, "r+") as file:
            group = file.require_group(arrays.GROUP)
            if arrays.RECEIPT in group:
                del group[arrays.RECEIPT]
            group.create_dataset(arrays.RECEIPT, data=receipt)

    def _contents(self) -> list[tuple[tuple[int, ...], str]]:
        found: list[tuple[tuple[int, ...], str]] = []

        def visit(_name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                found.append((item.shape, arrays.digest(item[()])))

        with h5py.File(self.path, "r") as file:
            file.visititems(visit)
        return found


def _save_whole(model: Any, path: Path) -> None:
    import contextlib
    import logging

    with contextlib.ExitStack() as stack:
        quiet = logging.getLogger("absl")
        stack.callback(quiet.setLevel, quiet.level)
        quiet.setLevel(logging.ERROR)  # the format's losses are told by SG413
        model.save(path)
    with h5py.File(path, "r+") as file:
        if "training_config" in file.attrs:
            training = json.loads(file.attrs["training_config"])
            file.attrs["training_config"] = json.dumps(_full_names(training))


def _full_names(value: Any) -> Any:
    """Short names of losses and metrics, in full: Keras 3 cannot read `mse` from an `.h5` file.

    Its reader looks for `keras.metrics.mse` and refuses the function (Keras 3.15.1:
    "Could not deserialize 'keras.metrics.mse' because it is not a KerasSaveable subclass").
    """
    if isinstance(value, dict):
        return {key: _full_names(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_full_names(part) for part in value]
    return SHORT_NAMES.get(value, value) if isinstance(value, str) else value


SHORT_NAMES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "MSE": "mean_squared_error",
    "MAE": "mean_absolute_error",
    "MAPE": "mean_absolute_percentage_error",
    "MSLE": "mean_squared_logarithmic_error",
    "KLD": "kl_divergence",
}
