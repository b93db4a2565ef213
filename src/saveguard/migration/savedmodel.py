"""A SavedModel as a migration's source: what Keras wrote of the model, and its variables' values.

The graphs in it are not looked at. The configuration stands beside them in JSON, as Keras wrote it
from TensorFlow 1.15 to 2.15; each layer lists its variables, as an `.h5` file does; and the
checkpoint has their values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from saveguard.archive import objects, topology
from saveguard.archive.budget import UNREADABLE
from saveguard.archive.objects import Saved
from saveguard.errors import SaveguardError
from saveguard.examine.layers import layers as by_name
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.finding import Finding, Report
from saveguard.migration import vocabulary
from saveguard.migration.source import Source
from saveguard.rules import registry

Arrays = tuple[StoredArray, ...]
# Where `tf.keras.experimental.export_saved_model` of TensorFlow 1 put the configuration.
_EXPORTED = "assets/saved_model.json"
_LAYER = re.compile(r"layer-\d+|layer_with_weights-\d+")
_VALUE = ":0"


def source(facts: ArchiveFacts) -> Source:
    """The configuration and the arrays of a SavedModel.

    Raises:
        SaveguardError: SG443, if it has no configuration: with what works instead.
    """
    saved = _objects(facts)
    told = dict(saved[0].told) if saved else {}
    model = _model(told, facts)
    if model is None:
        raise SaveguardError(Report(subject=facts.path, findings=(_refused(facts, told),)))
    return Source(
        path=facts.path,
        layout="savedmodel",
        model=vocabulary.filled(facts, model, saved),
        training=_training(told),
        keras=str(told.get("keras_version") or facts.versions.get("keras", "")),
        backend="tensorflow",
        arrays=_arrays(facts, model, saved),
        facts=facts,
    )


def variables(facts: ArchiveFacts) -> Arrays:
    """The values of all of the model's variables: those that are trained first.

    Raises:
        SaveguardError: If the objects in it cannot be read.
    """
    saved = _objects(facts)
    stored = {array.path: array for array in facts.arrays}
    if not saved:
        return ()
    children = saved[0].children
    number = children.get("trainable_variables")
    trained = saved[number].children if number is not None else {}
    first = {trained[one]: None for one in sorted(filter(str.isdigit, trained), key=int)}
    numbers = [*first, *(one for one in _numbers(saved, 0, set()) if one not in first)]
    return tuple(_values(saved, numbers, stored))


def _objects(facts: ArchiveFacts) -> tuple[Saved, ...]:
    if facts.damage:
        raise SaveguardError(Report(subject=facts.path, findings=registry.notice("archive", facts)))
    try:
        return objects.read(facts.path)
    except UNREADABLE as error:
        told = f"the objects in it: {error}"
        raise SaveguardError(Report(subject=facts.path, not_read=(told,))) from error


def _model(told: Mapping[str, Any], facts: ArchiveFacts) -> dict[str, Any] | None:
    """The model's dictionary, `class_name` and `config`; None where the configuration is missing.

    TensorFlow 2.1 and later write it a second time under `model_config`.
    """
    exported = facts.documents.get(_EXPORTED)
    for one in (told.get("model_config"), told, exported):
        if isinstance(one, dict) and topology.layers(one):
            return {"class_name": one.get("class_name"), "config": one.get("config")}
    return None


def _training(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = told.get("training_config")
    return found if isinstance(found, dict) else None


def _refused(facts: ArchiveFacts, told: Mapping[str, Any]) -> Finding:
    found: Finding = registry.module("SG443").refused(facts, told)
    return found


def _arrays(
    facts: ArchiveFacts, model: Mapping[str, Any], saved: Sequence[Saved]
) -> dict[str, Arrays]:
    """The arrays of each layer by its path, in the order of the variables that it lists.

    Where the objects do not tell (TensorFlow 1's export), the variables' names do.
    """
    if saved and saved[0].told:
        stored = {array.path: array for array in facts.arrays}
        return dict(_held(model, saved, 0, stored, ""))
    return {one.path: one.arrays for one in by_name(facts) if not topology.layers(one.raw)}


def _held(
    model: Mapping[str, Any],
    saved: Sequence[Saved],
    number: int,
    stored: Mapping[str, StoredArray],
    before: str,
) -> Iterator[tuple[str, Arrays]]:
    """The arrays of the layers of one model."""
    places = _layers(saved, number)
    for layer in topology.layers(model):
        name = topology.name(layer)
        if name not in places:
            continue
        if topology.layers(layer):
            yield from _held(layer, saved, places[name], stored, f"{before}{name}/")
        elif layer.get("class_name") in vocabulary.LOOKUPS:
            yield f"{before}{name}", ()  # what it had of variables is in its configuration by now
        else:
            yield f"{before}{name}", tuple(_variables(saved, places[name], stored))


def _layers(saved: Sequence[Saved], number: int) -> dict[str, int]:
    """The numbers of a model's layers by their names."""
    held = saved[number].children
    numbers = (held[name] for name in held if _LAYER.fullmatch(name))
    return {str(saved[one].told.get("name")): one for one in numbers if one < len(saved)}


def _variables(
    saved: Sequence[Saved], number: int, stored: Mapping[str, StoredArray]
) -> Iterator[StoredArray]:
    """The values of a layer's variables, under the variables' names."""
    yield from _values(saved, _numbers(saved, number, set()), stored)


def _values(
    saved: Sequence[Saved], numbers: Iterable[int], stored: Mapping[str, StoredArray]
) -> Iterator[StoredArray]:
    for variable in (saved[one] for one in dict.fromkeys(numbers)):
        array = stored.get(variable.key)
        if array is not None and array.role == "weight":
            yield msgspec.structs.replace(array, path=f"{variable.variable}{_VALUE}")


def _numbers(saved: Sequence[Saved], number: int, seen: set[int]) -> Iterator[int]:
    """The variables that an object lists, then those that it merely holds.

    A Normalization of TensorFlow 2.3 does not list its mean and variance. A TimeDistributed of
    1.15 lists nothing: its variables are those of the layer in it.
    """
    if number >= len(saved) or number in seen:
        return
    seen.add(number)
    children = saved[number].children
    listed = saved[children["variables"]].children if "variables" in children else {}
    yield from (listed[one] for one in sorted(filter(str.isdigit, listed), key=int))
    for one in children.values():
        if one < len(saved) and saved[one].key:
            yield one
        elif "variables" not in children and one < len(saved) and saved[one].told:
            yield from _numbers(saved, one, seen)
