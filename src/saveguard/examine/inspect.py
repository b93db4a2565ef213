"""`saveguard.inspect`: what a saved model is, read without a framework."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from saveguard.archive import topology
from saveguard.archive.contract import contract
from saveguard.examine.inspection import ArrayRow, Inspection, LayerRow, receipt
from saveguard.examine.layers import Layer, layers, variable_names
from saveguard.examine.outputs import Shapes, outputs
from saveguard.facts import ArchiveFacts
from saveguard.remote.far import structure

_GOLDEN = "golden"


def inspect(path: str | os.PathLike[str]) -> Inspection:
    """Read what a saved model is: its layers, inputs, arrays, versions and receipt.

    Args:
        path: A `.keras` file, its unpacked folder, an `.h5` file, weights alone, or a SavedModel;
            or the address of one, `s3://bucket/m.keras`.

    Raises:
        OSError: If it cannot be opened, other than because it does not exist.
        SaveguardError: SG742, if the store behind an address is not reached.
    """
    return of(structure(path))


def of(facts: ArchiveFacts) -> Inspection:
    """The inspection of an archive that was read."""
    root = topology.root(facts.nodes)
    graphs = _graphs(facts)
    return Inspection(
        path=facts.path,
        layout=facts.layout,
        size=facts.size,
        versions=facts.versions,
        model=(root.class_name, root.name) if root is not None else ("", ""),
        contract=contract(facts),
        receipt=receipt(facts.receipt),
        layers=tuple(_rows(facts)),
        arrays=tuple(_arrays(facts)),
        signatures=tuple(name for graph in graphs for name in graph["signatures"]),
        operations=len(facts.operations),
        damage=facts.damage,
        not_read=tuple(f"{part.what}: {part.why}" for part in facts.unread),
    )


def _graphs(facts: ArchiveFacts) -> list[Any]:
    document = facts.documents.get("saved_model.pb")
    return document["graphs"] if isinstance(document, dict) and "graphs" in document else []


def _arrays(facts: ArchiveFacts) -> Iterator[ArrayRow]:
    names = variable_names(facts)
    for one in facts.arrays:
        if one.role != _GOLDEN:
            yield ArrayRow(
                path=one.path,
                shape=one.shape,
                dtype=one.dtype,
                role=one.role,
                stored=one.stored,
                variable=names.get(one.path, ""),
            )


def _rows(facts: ArchiveFacts) -> list[LayerRow]:
    root = topology.root(facts.nodes)
    if root is None:
        return []
    found = layers(facts)
    known = any(layer.arrays for layer in found) or not facts.arrays
    shapes = _nested(root.raw, "", outputs(root.raw))
    return [_row(layer, shapes.get(layer.path, ()), known) for layer in found]


def _nested(model: Any, before: str, shapes: dict[str, Shapes]) -> dict[str, Shapes]:
    """The shapes by the layers' paths, for models within the model, too."""
    found = {f"{before}{name}": put_out for name, put_out in shapes.items()}
    for layer in topology.layers(model):
        if topology.layers(layer) and before.count("/") < 32:
            path = f"{before}{topology.name(layer)}/"
            found |= _nested(layer, path, outputs(layer))
    return found


def _row(layer: Layer, put_out: Shapes, known: bool) -> LayerRow:
    dtypes = dict.fromkeys(one.dtype for one in layer.arrays)
    config = topology.config(layer.raw)
    return LayerRow(
        name=topology.name(layer.raw),
        class_name=str(layer.raw.get("class_name", "")),
        depth=layer.depth,
        outputs=put_out,
        parameters=sum(one.count for one in layer.arrays) if known else None,
        dtype=", ".join(dtypes) or _policy(config.get("dtype")),
        trainable=config.get("trainable") is not False,
    )


def _policy(dtype: Any) -> str:
    if isinstance(dtype, dict):
        dtype = topology.config(dtype).get("name")
    return dtype if isinstance(dtype, str) else ""
