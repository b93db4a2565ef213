"""A contract in whatever form it is given: a model, a file, a line, or one that was made before."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from saveguard.archive import topology
from saveguard.archive.contract import contract as of_archive
from saveguard.archive.read import read
from saveguard.contract import Contract
from saveguard.data.terms import SPARSE
from saveguard.errors import SaveguardError
from saveguard.facts import ArchiveFacts
from saveguard.finding import Report
from saveguard.rules import registry

_BINARY = {"binary_crossentropy", "BinaryCrossentropy"}


class Known(NamedTuple):
    """What a model says of its data.

    Attributes:
        contract: Of its inputs.
        loss: The loss that it was compiled with, by name; empty where it was not.
        units: How many values its last layer gives; None where that is not known.
    """

    contract: Contract | None
    loss: str = ""
    units: int | None = None

    @property
    def classes(self) -> int | None:
        """How many classes the labels have, where the loss says that they are class numbers."""
        return self.units if self.loss in SPARSE else 2 if self.loss in _BINARY else None


def known(given: Any) -> Known:
    """What is known of the model behind a contract in any form.

    Args:
        given: A Keras model; the path of a saved model, or of a `.json` that holds a contract; a
            contract's line; a `Contract`; None.

    Raises:
        SaveguardError: SG540, if a line is none; or what is wrong with the file.
        ValueError: If the model does not say what its inputs are.
    """
    if given is None or isinstance(given, Contract):
        return Known(given)
    if not isinstance(given, (str, os.PathLike)):
        return _of_model(given)
    path = os.fspath(given)
    if not os.path.exists(path) and (":" in path or "[" in path):
        return Known(Contract.parse(path))
    if path.endswith(".json") and os.path.isfile(path) and (found := _of_json(path)) is not None:
        return Known(found)
    facts = read(path, digests=False)
    told = of_archive(facts)
    if told is None:
        certain = tuple(one for one in registry.notice("archive", facts) if one.code < "SG2")
        if certain:
            raise SaveguardError(Report(subject=path, findings=certain))
        raise ValueError(f"{path} does not say what its inputs are; give the contract as a line")
    return Known(told, *_of_archive(facts))


def _of_json(path: str) -> Contract | None:
    with open(path, "rb") as file:
        try:
            return Contract.from_json(file.read())
        except msgspec.ValidationError:
            return None  # an archive's own `.weights.json`, of which the reader says what it is


def _of_model(model: Any) -> Known:
    # By name: this room and `model` meet only in a contract.
    contract = importlib.import_module("saveguard.model.contract").read(model)
    if contract is None:
        raise ValueError(
            f"{type(model).__name__} does not say what its inputs are; give the contract as a line"
        )
    loss, shape = getattr(model, "loss", None), getattr(model, "output_shape", None)
    units = shape[-1] if isinstance(shape, tuple) and shape else None
    return Known(contract, _name(loss), units if isinstance(units, int) else None)


def _of_archive(facts: ArchiveFacts) -> tuple[str, int | None]:
    root = topology.root(facts.nodes)
    raw: Mapping[str, Any] = root.raw if root is not None else {}
    compiled = raw.get("compile_config")
    loss = compiled.get("loss") if isinstance(compiled, Mapping) else None
    for layer in reversed(topology.layers(raw)):
        units = topology.config(layer).get("units")
        if isinstance(units, int):
            return _name(loss), units
        if layer.get("class_name") not in ("Activation", "Softmax"):
            break
    return _name(loss), None


def _name(loss: Any) -> str:
    """A loss by its name, in whatever form Keras or a configuration has it."""
    if isinstance(loss, Mapping):
        loss = loss.get("class_name") if "class_name" in loss else None
    if loss is None or isinstance(loss, str):
        return loss or ""
    return str(getattr(loss, "__name__", type(loss).__name__))
