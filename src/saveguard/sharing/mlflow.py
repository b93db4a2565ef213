"""`saveguard.log_model`: a proven model into MLflow, with its signature, example and receipt."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from saveguard.contract import Contract, Input
from saveguard.model import example as examples
from saveguard.persist.save import save
from saveguard.receipt import Receipt

RECEIPT = "receipt.json"
_SAVE = {"prove", "tolerance", "limit", "accept"}


def log_model(model: Any, name: str = "model", example: Any = None, **options: Any) -> Any:
    """Save a model so that it is proven to come back, and log that very file with MLflow.

    MLflow's own Keras flavour writes the rest, so that `mlflow.keras.load_model` and
    `mlflow.pyfunc.load_model` read it. The signature is the model's contract; the first rows of
    the example are MLflow's input example; the receipt lies beside the file, as `receipt.json`.

    Args:
        model, example: As in `saveguard.save`.
        name: The model's name in the run.
        options: Of `saveguard.save` `prove`, `tolerance`, `limit` and `accept`; any other is of
            `mlflow.models.Model.log` and `mlflow.keras.save_model`.

    Returns:
        MLflow's `ModelInfo`.

    Raises:
        SaveguardError: If the file is not proven; nothing is logged.
        ImportError: If MLflow is not installed (`pip install "saveguard[mlflow]"`).
    """
    from mlflow.models import Model

    ours = {key: options.pop(key) for key in _SAVE & options.keys()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        receipt = save(model, path, example, **ours)
        if receipt.contract is not None:
            options.setdefault("signature", signature(receipt))
        given = _example(example, receipt.contract)
        if given is not None:
            options.setdefault("input_example", given)
        options.setdefault("pip_requirements", _requirements(receipt))
        given = _Proven(path, receipt)
        return Model.log(None, sys.modules[__name__], name=name, model=given, **options)


def save_model(path: str, model: _Proven, **options: Any) -> None:
    """MLflow's hook of a flavour: its own for Keras, in a folder that is there.

    MLflow 3.17 writes the input example of a Keras model before it makes the folder.
    """
    import mlflow.keras

    os.makedirs(path, exist_ok=True)
    mlflow.keras.save_model(model, path, **options)


def signature(receipt: Receipt) -> Any:
    """MLflow's signature of what a receipt says of the inputs.

    Raises:
        ValueError: If the receipt has no contract.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import Schema

    if receipt.contract is None:
        raise ValueError(f"{receipt.path} has no contract: save it with an example")
    named = len(receipt.contract.inputs) > 1
    return ModelSignature(Schema([_spec(one, named) for one in receipt.contract.inputs]))


def _spec(described: Input, named: bool) -> Any:
    import numpy as np
    from mlflow.types import TensorSpec

    axes = described.axes or ()
    shape = [-1 if axis.size is None else axis.size for axis in axes]
    dtype = np.dtype("str" if described.dtype == "string" else described.dtype or "float32")
    # MLflow wants the first axis open; a batch of one size is told by the contract in the receipt.
    return TensorSpec(dtype, (-1, *shape[1:]), described.name if named else None)


def _example(given: Any, contract: Contract | None) -> Any:
    """The first rows of the inputs, if MLflow can hold them: an array, or named arrays."""
    if given is None:
        return None
    inputs = examples.shorten(examples.take(given, contract), contract).inputs
    return inputs if hasattr(inputs, "shape") or isinstance(inputs, dict) else None


def _requirements(receipt: Receipt) -> list[str]:
    known = receipt.environment
    backend = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}[known["backend"]]
    return [f"keras=={known['keras']}", f"{backend}=={known['framework'].partition('+')[0]}"]


class _Proven:
    """What MLflow's Keras flavour asks of a model: to write itself to a path."""

    def __init__(self, path: Path, receipt: Receipt) -> None:
        self._path = path
        self._receipt = receipt

    def save(self, path: str, **_: Any) -> None:
        """The proven file, byte for byte, with its receipt beside it."""
        shutil.copyfile(self._path, path)
        Path(path).with_name(RECEIPT).write_text(self._receipt.to_json(), encoding="utf-8")
