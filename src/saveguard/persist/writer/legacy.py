"""An `.h5` file of a whole model: Keras's own writer decides, and a file of ours takes the values.

It writes into an open file of h5py's where it is given one; ours says that it is one.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import h5py

from saveguard.persist.writer.file import File
from saveguard.persist.writer.groups import NotWritable


class LegacyFile(File):
    """A file that Keras's writer of `.h5` files takes for one of h5py's."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """As `isinstance` sees it."""
        return h5py.File

    def flush(self) -> None:
        """Nothing: what was given is written, or waits for the end."""


def store(file: LegacyFile, model: Any) -> None:
    """Have Keras put a whole model into an open file.

    Raises:
        NotWritable: If `writer.file` does not write what Keras gives, or the model has a `save` of
            its own.
        Exception: Whatever Keras raises for a model that it cannot save.
    """
    import keras
    from keras.src.legacy.saving import legacy_h5_format

    if type(model).save is not keras.Model.save:
        raise NotWritable("a model with a `save` of its own")
    try:
        with compiling_kept(model):
            legacy_h5_format.save_model_to_hdf5(model, file)
    except (TypeError, ValueError) as error:  # two of a name: h5py's own words are what is known
        raise NotWritable(str(error)) from None
    training = file.attrs.get("training_config")
    if training is not None:
        file.attrs["training_config"] = with_full_names(training)


@contextlib.contextmanager
def compiling_kept(model: Any) -> Iterator[None]:
    """Leave the model compiled as it was.

    Keras 3.15.1 takes the optimizer out of the model's own settings when it writes an `.h5` file
    (`saving_utils.model_metadata`): every `.keras` file after that would be without one.
    """
    settings = getattr(getattr(model, "_compile_config", None), "config", None) or {}
    before = dict(settings)
    try:
        yield
    finally:
        settings.update(before)


def with_full_names(training: str | bytes) -> str:
    """Keras's `training_config`, with losses and metrics named so that Keras 3 finds them."""
    return json.dumps(_full_names(json.loads(training)))


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
