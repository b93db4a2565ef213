"""Write what can be saved of a model that Keras cannot save, and put it back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import msgspec
import numpy as np

from saveguard.child import running, walk
from saveguard.child.window import Window
from saveguard.contract import Contract
from saveguard.errors import SaveguardError
from saveguard.facts import ModelFacts, VariableFacts
from saveguard.finding import Report
from saveguard.model import contract as contracts
from saveguard.model import read as models
from saveguard.persist.model_type import require_model
from saveguard.persist.sending import folder_that_stays
from saveguard.persist.staging import staged
from saveguard.remote.address import is_remote
from saveguard.rules import registry

_PARTS = ("variables", "optimizer", "untracked")


def rescue(model: Any, path: str | os.PathLike[str], example: Any = None) -> Path:
    """Write everything of `model` that can be written, for `saveguard.restore` to put back.

    That is every variable by its path (those that Keras does not track too), the optimizer's,
    the parts of the configuration that serialise, the source of custom classes and functions,
    the contract, and the findings that say why Keras cannot save it.

    Args:
        model: A Keras model, built.
        path: Where to; an HDF5 file, written atomically.
        example: Inputs that it takes, for the contract of a subclassed model.

    Returns:
        The path.

    Raises:
        SaveguardError: If `model` is not a Keras model.
        OSError: If the file cannot be written; what it held is then still there.
    """
    require_model(model)
    facts = models.read(model)
    report = Report(subject=facts.subject, findings=registry.notice("model", facts))
    return write_rescue(model, Path(path), facts, contracts.read(model, example), report)


def restore(model: Any, path: str | os.PathLike[str]) -> Report:
    """Put the variables of a rescue file into a rebuilt model.

    Variables are matched by path, then, where layers were numbered anew, by their order and
    shape. The optimizer's are put back where it is built and has as many.

    Args:
        model: The same model, built anew by the code that first made it.
        path: What `rescue` wrote, or `save` where Keras could not save.

    Returns:
        What was restored (`read`) and what was not (`not_read`).

    Raises:
        SaveguardError: If the file is not a rescue file, or a variable of the model has no value
            in it; the model is then as it was.
    """
    require_model(model)
    with _opened(path) as file:
        pairs = _matched(model, file, os.fspath(path))
        for variable, array in pairs:
            variable.assign(array)
        optimizer = _optimizer_pairs(model, file)
        for variable, array in optimizer:
            variable.assign(array)
        stored = len(file["optimizer"])
    left = () if len(optimizer) == stored else (f"{stored} optimizer variables: compile first",)
    done = (f"{len(pairs)} variables", f"{len(optimizer)} optimizer variables")
    return Report(subject=os.fspath(path), read=done, not_read=left)


def rescue_path(path: str | os.PathLike[str]) -> Path:
    """Where `save` puts a rescue: `m.keras` -> `m.rescue.h5`; of an address, on this machine."""
    if is_remote(os.fspath(path)):
        target = folder_that_stays() / Path(path).name
    else:
        target = Path(os.path.realpath(path))
    return target.with_name(target.name.split(".")[0] + ".rescue.h5")


def write_rescue(
    model: Any, path: Path, facts: ModelFacts, contract: Contract | None, report: Report
) -> Path:
    """Write a rescue file atomically; see `rescue`."""
    with staged(path) as staging:
        # HDF5's own driver can crash the process on a full disk; through a window it raises.
        with (
            open(staging.path, "w+b", buffering=0) as raw,
            h5py.File(Window(raw, 0), "w") as file,
        ):
            _put(file, "variables", running.variables(model))
            _put(file, "optimizer", running.optimizer_variables(model))
            _put(file, "untracked", list(_untracked(model, facts.untracked)))
            for name, text in _texts(model, facts, contract, report).items():
                file.create_dataset(name, data=text)
            file.flush()
        staging.commit()
    return path


def _put(file: h5py.File, part: str, named: list[tuple[str, Any]]) -> None:
    group = file.create_group(part, track_order=True)
    for index, (path, variable) in enumerate(named):
        array = running.value_of(variable)
        held = array.view(f"u{array.dtype.itemsize}") if array.dtype.kind == "V" else array
        dataset = group.create_dataset(f"{index:06d}", data=held)
        dataset.attrs["path"] = path
        dataset.attrs["dtype"] = array.dtype.name


def _untracked(model: Any, listed: tuple[VariableFacts, ...]) -> Iterator[tuple[str, Any]]:
    from saveguard.model.untracked import reachable

    wanted = {facts.holder for facts in listed}
    for holder, variable in reachable(model):
        if holder in wanted:
            yield holder, variable


def _texts(
    model: Any, facts: ModelFacts, contract: Contract | None, report: Report
) -> dict[str, str]:
    configs = {holder: _serialised(item) for holder, item, _ in walk.objects(model)}
    sources = {f"{o.module}.{o.class_name}": o.source for o in facts.objects if o.source}
    return {
        "configuration": json.dumps({key: value for key, value in configs.items() if value}),
        "sources": json.dumps(sources),
        "contract": contract.to_json() if contract else "",
        "report": report.to_json(),
        "facts": msgspec.json.encode(facts).decode(),
    }


def _serialised(item: Any) -> Any:
    """The configuration of one object, or of as many of its keys as serialise."""
    import keras

    try:
        config = item.get_config()
    except Exception as error:  # noqa: BLE001  the finding in the report says the same
        return {"class_name": type(item).__name__, "error": f"{type(error).__name__}: {error}"}
    kept = {}
    for key, value in config.items():
        try:
            kept[key] = json.loads(json.dumps(keras.saving.serialize_keras_object(value)))
        except Exception as error:  # noqa: BLE001  this key is left out, and named
            kept[key] = {"class_name": "__left_out__", "config": f"{type(error).__name__}: {error}"}
    return {"class_name": type(item).__name__, "module": type(item).__module__, "config": kept}


def _opened(path: str | os.PathLike[str]) -> h5py.File:
    try:
        file = h5py.File(path, "r")
        if all(part in file for part in _PARTS):
            return file
        file.close()
        raise OSError(f"Unable to open file: {os.fspath(path)} has no rescued variables")
    except OSError as error:
        finding = registry.module("SG102").not_a_rescue(os.fspath(path), str(error))
        raise SaveguardError(Report(subject=os.fspath(path), findings=(finding,))) from error


def _arrays(group: h5py.Group) -> list[tuple[str, np.ndarray[Any, Any]]]:
    found = []
    for name in sorted(group):
        dataset = group[name]
        array, dtype = dataset[()], dataset.attrs["dtype"]
        if array.dtype.name != dtype:
            import ml_dtypes

            array = array.view(getattr(ml_dtypes, dtype))
        found.append((str(dataset.attrs["path"]), array))
    return found


def _matched(model: Any, file: h5py.File, path: str) -> list[tuple[Any, np.ndarray[Any, Any]]]:
    stored = _arrays(file["variables"])
    named = running.variables(model)
    by_path = dict(stored)
    if all(p in by_path and by_path[p].shape == tuple(v.shape) for p, v in named):
        return [(variable, by_path[p]) for p, variable in named]
    shapes = [array.shape for _, array in stored]
    if shapes == [tuple(variable.shape) for _, variable in named]:
        return [(v, a) for (_, v), (_, a) in zip(named, stored, strict=True)]
    finding = registry.module("SG405").not_in_rescue(path, named, stored)
    raise SaveguardError(Report(subject=path, findings=(finding,)))


def _optimizer_pairs(model: Any, file: h5py.File) -> list[tuple[Any, np.ndarray[Any, Any]]]:
    stored = _arrays(file["optimizer"])
    optimizer = getattr(model, "optimizer", None)
    if stored and optimizer is not None and not optimizer.built:
        optimizer.build(model.trainable_variables)
    named = running.optimizer_variables(model)
    if [a.shape for _, a in stored] != [tuple(v.shape) for _, v in named]:
        return []
    return [(v, a) for (_, v), (_, a) in zip(named, stored, strict=True)]
