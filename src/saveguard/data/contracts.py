"""A contract in whatever form it is given: a model, a file, a line, or one that was made before."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from saveguard.archive import steps
from saveguard.archive.contract import contract as of_archive
from saveguard.archive.outputs import loss_of, outputs
from saveguard.archive.read import read
from saveguard.contract import Contract
from saveguard.errors import SaveguardError
from saveguard.facts import Output
from saveguard.finding import Report
from saveguard.rules import registry


class Known(NamedTuple):
    """What a model says of its data.

    Attributes:
        contract: Of its inputs.
        outputs: Its outputs, each with the loss that it was compiled with.
    """

    contract: Contract | None
    outputs: tuple[Output, ...] = ()


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
    if not os.path.exists(path) and (":" in path or "[" in path or not path.strip()):
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
    return Known(told, outputs(facts))


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
    return Known(contract, tuple(_outputs(model)))


def _outputs(model: Any) -> Iterator[Output]:
    """The outputs of a live model; of one that was never built, its loss alone."""
    shapes, loss = getattr(model, "output_shape", None), getattr(model, "loss", None)
    followed = _followed(model)
    each = shapes if isinstance(shapes, list) else [shapes]
    names = _names(model) if isinstance(shapes, list) else [""]
    for at, shape in enumerate(each):
        name = names[at] if at < len(names) else str(at)
        own = loss_of(loss, at, name)
        axes = tuple(shape[1:]) if isinstance(shape, tuple) and shape else None
        yield Output(
            name=name,
            loss=_name(own),
            units=axes[-1] if axes else None,
            axes=axes,
            ignored=getattr(own, "ignore_class", None),
            follows=followed[at] if at < len(followed) else None,
        )


def _followed(model: Any) -> list[int | None]:
    """For each output the input whose steps it has, as a file of this model would tell it."""
    try:
        raw = {"config": json.loads(json.dumps(model.get_config(), default=repr))}
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return []  # a layer without a configuration: nothing is said of steps
    return [place for _, place in steps.of_outputs(raw)]


def _names(model: Any) -> list[str]:
    """What labels of several outputs are given under: the keys, where a dictionary holds them."""
    held = getattr(model, "_outputs_struct", None)
    return sorted(held) if isinstance(held, Mapping) else list(model.output_names)


def _name(loss: Any) -> str:
    """A loss by its name: as Keras has it, of a function, or of its class."""
    if loss is None or isinstance(loss, str):
        return loss or ""
    return str(getattr(loss, "__name__", type(loss).__name__))
