"""Record what a model gives for an example: outputs, and loss and metrics where compiled."""

from __future__ import annotations

import os
from inspect import isfunction
from typing import Any

import h5py
import msgspec
import numpy as np

from saveguard.child import arrays, compare, running, walk
from saveguard.model.example import Example
from saveguard.receipt import Golden


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A golden and its arrays, by the path under which the golden names them.

    Attributes:
        left: What could not be recorded, and why, in words.
    """

    golden: Golden
    arrays: dict[str, Any]
    left: tuple[str, ...] = ()

    def store(self, file: Any) -> None:
        """Write the arrays into the group `saveguard` of an open HDF5 file."""
        for path, array in self.arrays.items():
            arrays.store(file, arrays.key(path), array)


def hand_over(recording: Recording | None, path: str) -> None:
    """Give a fresh process that waits for it what it is to compare; None for nothing."""
    aside = f"{path}.part"
    with h5py.File(aside, "w") as file:
        if recording is not None:
            file.attrs["golden"] = msgspec.json.encode(recording.golden).decode()
            recording.store(file)
    os.replace(aside, path)


def record(model: Any, example: Example, tolerance: float | None) -> Recording:
    """Call the model on the example in inference mode, and leave it as it was.

    It is called twice where it may answer at random: where a seed was drawn from, or code that is
    not Keras's runs.

    Raises:
        Exception: Whatever the model raises for these inputs.
    """
    outputs, structure, drew = running.drawing(model, example.inputs)
    uncertain = drew or _runs_foreign_code(model)
    again = running.predict(model, example.inputs)[0] if uncertain else outputs
    held: dict[str, Any] = {}
    for name in ("inputs", "targets", "weights"):
        held.update(arrays.flatten(getattr(example, name), name))
    held.update({path: array for path, (array, _) in outputs.items()})
    loss, metrics, left = _scores(model, example)
    golden = Golden(
        inputs=arrays.structure(example.inputs, "inputs"),
        targets=arrays.structure(example.targets, "targets"),
        weights=arrays.structure(example.weights, "weights"),
        outputs=structure,
        kinds={path: f"{form} {array.dtype.name}" for path, (array, form) in outputs.items()},
        rows=_rows(example.inputs),
        made=example.made,
        random=_random(outputs, again),
        tolerance=tolerance,
        loss=loss,
        metrics=metrics,
        accelerator=on_accelerator(),
    )
    return Recording(golden=golden, arrays=held, left=left)


def _runs_foreign_code(model: Any) -> bool:
    """Whether a class or function that is not Keras's takes part, which may draw unseen."""
    return any(
        not walk.is_builtin(type(item))
        or any(isfunction(value) and not walk.is_builtin(value) for value in _held(item))
        for _, item, _ in walk.objects(model)
    )


def _held(item: Any) -> Any:
    return getattr(item, "__dict__", {}).values()


def on_accelerator() -> bool:
    """Whether this process computes on a GPU or TPU."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow

        return bool(tensorflow.config.list_logical_devices("GPU"))
    if backend == "jax":
        import jax

        return bool(jax.default_backend() != "cpu")
    if backend == "torch":
        import torch

        return bool(torch.cuda.is_available() or torch.backends.mps.is_available())
    return False


def _scores(model: Any, example: Example) -> tuple[float | None, dict[str, float], tuple[str, ...]]:
    """Loss, metrics, and why there are none: a model may compute them in a step of its own."""
    if example.targets is None or not running.is_compiled(model):
        return None, {}, ()
    try:
        loss, metrics = running.evaluate(model, example.inputs, example.targets, example.weights)
    except Exception as error:  # noqa: BLE001  told in the receipt as not compared
        return None, {}, (f"loss and metrics: {type(error).__name__}: {error}".splitlines()[0],)
    return loss, metrics, ()


def _rows(inputs: Any) -> int:
    leaves = [leaf for _, leaf in arrays.flatten(inputs, "inputs")]
    return len(leaves[0]) if leaves and leaves[0].ndim else 0


def _random(outputs: dict[str, Any], again: dict[str, Any]) -> bool:
    """Whether two calls from the same state differ by more than the order of sums explains."""
    return any(
        compare.difference(
            path,
            _wide(array),
            _wide(again[path][0]),
            (form, again[path][1]),
            compare.tolerance_of(array.dtype.name, None, False, False),
        )
        for path, (array, form) in outputs.items()
    )


def _wide(array: np.ndarray[Any, Any]) -> Any:
    return array.astype("float32") if array.dtype.kind == "V" else array
