"""Weights without a model: an old file of them, given the model that they belong to."""

from __future__ import annotations

import os
from typing import Any

from saveguard.archive.read import read
from saveguard.errors import SaveguardError
from saveguard.facts import ArchiveFacts, StoredArray
from saveguard.finding import Report
from saveguard.migration import origin, savedmodel, weights
from saveguard.migration.proof import golden as goldens
from saveguard.migration.proof import record
from saveguard.migration.proof.compare import Comparison, compared
from saveguard.migration.written import finished
from saveguard.model import contract as contracts
from saveguard.receipt import Migration, Receipt

Arrays = tuple[StoredArray, ...]


def migrate(
    old: str, new: str, model: Any, *, golden: str | os.PathLike[str] | None, limit: float
) -> Receipt:
    """Give `model` the weights in the archive `old`, and save it as `new`.

    The groups of an `.h5` file are the model's layers: by name where all of them are the same, else
    in order, as `load_weights` of Keras 2 takes them. The variables of a SavedModel are the model's
    in order, those that are trained first.

    Raises:
        SaveguardError: If the file holds no weights by layer, they do not fit the model, or the
            model answers otherwise than the golden.
    """
    facts = read(old)
    known = goldens.read(golden) if golden is not None else None
    try:
        for name, variables, stored in _paired(facts, model):
            _give(name, variables, stored)
    except weights.Misfit as error:
        raise SaveguardError(Report(subject=old, not_read=(str(error),))) from error
    contract = contracts.read(model)
    if known is None:
        told = "nobody gave the old version's outputs (--golden FILE)"
        found = Comparison(verdict="not proven", told=(told,))
        recorded = record.own(model, contract)
    else:
        found = compared(model, known, contract)
        recorded = record.of(model, known, found, contract)
    migration = Migration(
        source=os.path.basename(old),
        digest=origin.digest(old),
        saved_by=origin.saved_by(facts.versions.get("keras", ""), ""),
        verdict="equal" if found.verdict == "equal" else "not proven",
        by=known.source if known else "",
        difference=found.difference,
        limit=found.limit,
        samples=known.rows if known else 0,
        told=found.told,
    )
    return finished(model, old, new, recorded, migration, found, limit)


def _paired(facts: ArchiveFacts, model: Any) -> list[tuple[str, list[Any], Arrays]]:
    """The model's variables with their arrays in the archive, by layer where it has layers."""
    if facts.layout == "savedmodel":
        return [(model.name, weights.weights_of(model), savedmodel.variables(facts))]
    groups = _groups(facts)
    if not groups:
        raise weights.Misfit(f"{facts.path} holds no weights by layer, as Keras 1 and 2 wrote them")
    found = [(layer.name, weights.weights_of(layer)) for layer in model.layers]
    layers = [(name, variables) for name, variables in found if variables]
    if {name for name, _ in layers} == set(groups):
        return [(name, variables, groups[name]) for name, variables in layers]
    if len(layers) != len(groups):
        told = f"{len(layers)} layers of the model have weights, and {len(groups)} of the file"
        raise weights.Misfit(f"{told}: {', '.join(groups)}")
    both = zip(layers, groups.values(), strict=True)
    return [(name, variables, stored) for (name, variables), stored in both]


def _groups(facts: ArchiveFacts) -> dict[str, Arrays]:
    """The arrays of each group of the file that has any, in the order of its list of names."""
    by_path = {array.path: array for array in facts.arrays}
    listed = facts.documents.get("@weight_names")
    found: dict[str, Arrays] = {}
    for group, names in listed.items() if isinstance(listed, dict) else ():
        held = tuple(by_path[f"{group}/{name}"] for name in names if f"{group}/{name}" in by_path)
        if held:
            found[group.removeprefix("model_weights/")] = held
    return found


def _give(name: str, variables: list[Any], stored: Arrays) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [array.shape for array in stored]:
        ours, theirs = (", ".join(map(str, each)) for each in (shapes, [a.shape for a in stored]))
        raise weights.Misfit(f"`{name}` has weights of {ours}, and the file of {theirs}")
    for variable, array in zip(variables, stored, strict=True):
        variable.assign(weights.read(array))
