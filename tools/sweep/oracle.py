"""Decide, without any of Saveguard's code, whether a file gives back the model that was saved.

Plain Keras reloads the file in this process. What is compared: the arguments that the layer was
made with, the configurations, the variables bit for bit, the optimizer's, and the outputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from building import Subject, complaint

# Arguments by which Keras counts, and keys by which configurations name what they hold.
_NAMES = {
    "name",
    "inbound_nodes",
    "input_layers",
    "output_layers",
    "keras_history",
    "shared_object_id",
}


def differences(subject: Subject, path: Path, arguments: dict[str, Any]) -> list[str]:
    """What plain Keras does not give back, in one line each; empty where everything came back."""
    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # noqa: BLE001  whatever it is, the model did not come back
        return [f"Keras cannot load it: {complaint(error)}"]
    layer = counterpart(subject, model)
    found = list(_arguments(subject.layer, layer, arguments))
    found += _configurations(subject.model, model)
    found += _variables("variable", subject.model.variables, model.variables)
    optimizers = [getattr(one, "optimizer", None) for one in (subject.model, model)]
    if (optimizers[0] is None) != (optimizers[1] is None):
        found.append("it comes back uncompiled")
    elif optimizers[0] is not None and len(optimizers[0].variables) > 2:  # it has taken a step
        found += _variables("optimizer variable", *(one.variables for one in optimizers))
    return found + list(_outputs(subject, model))


def cannot_be_saved(model: Any, path: Path) -> list[str]:
    """What plain Keras says if it cannot save the model at all."""
    try:
        model.save(path)
    except Exception as error:  # noqa: BLE001  whatever it is, there is no file
        return [f"Keras cannot save it: {complaint(error)}"]
    return []


def counterpart(subject: Subject, model: Any) -> Any:
    """The layer of a reloaded model that stands where the subject's layer stands."""
    if subject.layer is subject.model:
        return model
    if subject.layer in subject.model.layers:
        return model.layers[subject.model.layers.index(subject.layer)]
    return model.layer


def is_random(subject: Subject) -> bool:
    """Whether two calls of the model in a row give different outputs."""
    first, second = _called(subject.model, subject.example), _called(subject.model, subject.example)
    return any(_gap(one, other) for one, other in zip(first, second, strict=True))


def _arguments(before: Any, after: Any, arguments: dict[str, Any]) -> Iterator[str]:
    for name in sorted(arguments):
        if name in _NAMES:
            continue
        held = [_held(layer, name) for layer in (before, after)]
        if held[0] != held[1]:
            yield f"{name} comes back as {held[1]}, and was {held[0]}"
    kinds = [getattr(layer, "compute_dtype", "") for layer in (before, after)]
    if kinds[0] != kinds[1]:
        yield f"it computes in {kinds[1]}, and did in {kinds[0]}"


def _held(layer: Any, name: str) -> str:
    """What a layer holds for an argument, as text: its attribute, else its configuration's."""
    missing = object()
    value = getattr(layer, name, getattr(layer, f"_{name}", missing))
    if value is missing or not _is_simple(value):
        value = layer.get_config().get(name)
    return _text(value)


def _is_simple(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_simple, value))
    return value is None or isinstance(value, (bool, int, float, str, np.ndarray, np.generic))


def _configurations(before: Any, after: Any) -> Iterator[str]:
    try:
        held = [_text(model.get_config()) for model in (before, after)]
    except NotImplementedError:
        return
    if held[0] != held[1]:
        at = next((i for i, pair in enumerate(zip(*held, strict=False)) if pair[0] != pair[1]), 0)
        was, now = (text[max(0, at - 40) : at + 40] for text in held)
        yield f"the configuration comes back as …{now}…, and was …{was}…"


def _text(value: Any) -> str:
    """A value as text in which JSON's doings do not show: tuples, arrays, numbers, names."""
    if isinstance(value, dict):
        parts = (f"{key}: {_text(part)}" for key, part in value.items() if key not in _NAMES)
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, (np.ndarray, np.generic)):
        return _text(value.tolist())
    if keras.ops.is_tensor(value):
        return _text(keras.ops.convert_to_numpy(value).tolist())
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.6g}"
    if hasattr(value, "get_config"):
        return f"{type(value).__name__}{_text(value.get_config())}"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


def _variables(what: str, before: list[Any], after: list[Any]) -> Iterator[str]:
    """Variables that differ; not the states of random generators, which Keras never stores."""
    before, after = ([one for one in side if not _is_seed(one)] for side in (before, after))
    if len(before) != len(after):
        yield f"{len(after)} {what}s come back, and there were {len(before)}"
        return
    for old, new in zip(before, after, strict=True):
        was, now = keras.ops.convert_to_numpy(old), keras.ops.convert_to_numpy(new)
        if was.shape != now.shape or was.dtype != now.dtype or was.tobytes() != now.tobytes():
            yield f"{what} {old.path} comes back with other values"


def _is_seed(variable: Any) -> bool:
    return str(variable.path).endswith("seed_generator_state")


def _outputs(subject: Subject, model: Any) -> Iterator[str]:
    if is_random(subject):
        return
    before = _called(subject.model, subject.example)
    try:
        after = _called(model, subject.example)
    except Exception as error:  # noqa: BLE001  whatever it is, the reloaded model does not run
        yield f"it cannot be called: {complaint(error)}"
        return
    if len(before) != len(after):
        yield f"{len(after)} outputs come back, and there were {len(before)}"
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        gap = _gap(old, new)
        if gap:
            yield f"output {index} comes back as {gap}"


def _called(model: Any, example: Any) -> list[Any]:
    """The outputs; then all variables but random generators' are what they were before."""
    variables = [variable for variable in model.variables if not _is_seed(variable)]
    kept = [(variable, keras.ops.convert_to_numpy(variable)) for variable in variables]
    outputs = keras.tree.flatten(model(example, training=False))
    for variable, value in kept:
        variable.assign(value)
    return outputs


def _gap(before: Any, after: Any) -> str:
    """How an output came back differently; empty where it did not."""
    kinds = [type(tensor).__name__ for tensor in (before, after)]
    if kinds[0] != kinds[1] or before.dtype != after.dtype:
        return f"{kinds[1]} of {after.dtype}, and was {kinds[0]} of {before.dtype}"
    was, now = _dense(before), _dense(after)
    if was.dtype.kind in "OSU":
        return "" if was.tolist() == now.tolist() else "other text"
    try:
        np.testing.assert_allclose(now, was, rtol=1e-4, atol=1e-5)
    except AssertionError as error:
        return "; ".join(line for line in str(error).splitlines() if line.startswith("M"))
    return ""


def _dense(tensor: Any) -> Any:
    if type(tensor).__name__ == "SparseTensor":
        import tensorflow

        tensor = tensorflow.sparse.to_dense(tensor)
    elif hasattr(tensor, "todense"):
        tensor = tensor.todense()
    array = np.asarray(tensor.to_tensor() if hasattr(tensor, "to_tensor") else tensor)
    return array.astype("float64") if array.dtype.kind in "fV" else array
