"""A SavedModel: the folder that TensorFlow writes, read without it.

`saved_model.pb` holds the graphs, `variables/` the arrays, and `keras_metadata.pb` (since
TensorFlow 2.5; before, `saved_model.pb` itself) what Keras needs to rebuild its objects.
"""

from __future__ import annotations

import os
from typing import Any

from saveguard.archive import bundle, metagraph, nodes
from saveguard.archive.budget import (
    BUDGET,
    UNREADABLE,
    Budget,
    Meter,
    NotUnderstood,
    OverBudget,
    kind_of,
)
from saveguard.archive.draft import Draft
from saveguard.archive.folder import opened
from saveguard.facts import Role

GRAPH, METADATA = "saved_model.pb", "keras_metadata.pb"
# Forms of the graph that TensorFlow reads and this module does not.
_OTHER_FORMS = ("saved_model.pbtxt", "saved_model.cpb")
# Where `tf.keras.experimental.export_saved_model` of TensorFlow 1 put the model's configuration.
_ASSETS, _EXPORTED = "assets", "saved_model.json"
_ROLES: dict[str, Role] = {
    "_tf_keras_sequential": "model",
    "_tf_keras_network": "model",
    "_tf_keras_model": "model",
    "_tf_keras_metric": "metric",
}


def is_one(folder: str) -> bool:
    """Whether a folder holds a SavedModel."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in (GRAPH, *_OTHER_FORMS))


def read(folder: str, budget: Budget = BUDGET) -> dict[str, Any]:
    """What the folder says, as fields of `ArchiveFacts`.

    `documents` has the JSON of each described object by its place, `keras_metadata.pb[2]`, and
    under `saved_model.pb` the `graphs` (see `metagraph.Graphs`) and `variables`: the names of the
    variables behind the arrays' keys.
    """
    draft = Draft(folder, "directory", 0, Meter(budget))
    graphs = _graphs(draft)
    _describe_all(draft, graphs)
    names = _arrays(draft)
    for told in graphs.graphs:
        draft.claim({"tensorflow_version": told["tensorflow"]})
    for document in draft.documents.values():
        draft.claim(document)
    draft.documents[GRAPH] = {"graphs": graphs.graphs, "variables": names}
    return {
        "layout": "savedmodel",
        "damage": draft.damage,
        "documents": draft.documents,
        "nodes": tuple(draft.nodes),
        "arrays": tuple(draft.arrays),
        "operations": tuple(graphs.operations),
        "versions": draft.versions,
        "unread": tuple(draft.unread),
    }


def _stopped(draft: Draft, member: str, problem: Exception) -> None:
    """Tell that a file could not be read to its end."""
    draft.leave(member, problem)
    if kind_of(problem) == "damage":
        draft.damaged(f"{member}: {problem}")


def _graphs(draft: Draft) -> metagraph.Graphs:
    for name in _OTHER_FORMS:
        if os.path.isfile(os.path.join(draft.path, name)):
            draft.leave(name, NotUnderstood("this form of the graph is not read"))
    graphs = metagraph.Graphs()
    if os.path.isfile(os.path.join(draft.path, GRAPH)):
        try:
            with opened(draft.path, GRAPH) as source:
                graphs = metagraph.read(source, draft.meter.budget)
        except UNREADABLE as error:
            graphs.problem = error
    if graphs.problem is not None:
        _stopped(draft, GRAPH, graphs.problem)
    return graphs


def _describe_all(draft: Draft, graphs: metagraph.Graphs) -> None:
    """Add what Keras described in the graph and beside it."""
    described = [(GRAPH, one) for one in graphs.described]
    if os.path.lexists(os.path.join(draft.path, METADATA)):
        try:
            with opened(draft.path, METADATA) as source:
                more, problem = metagraph.metadata(source, draft.meter.budget)
        except UNREADABLE as error:
            more, problem = [], error
        described += [(METADATA, one) for one in more]
        if problem is not None:
            _stopped(draft, METADATA, problem)
    for member, one in described:
        role = _ROLES.get(one.identifier, "layer")
        _describe(draft, f"{member}[{one.number}]", one.metadata, role)
    assets = os.path.join(draft.path, _ASSETS)
    if os.path.lexists(os.path.join(assets, _EXPORTED)):
        name = f"{_ASSETS}/{_EXPORTED}"
        try:
            with opened(assets, _EXPORTED) as source:
                most = draft.meter.budget.document + 1
                _describe(draft, name, source.upto(0, most).decode("utf-8", "replace"), "model")
        except UNREADABLE as error:
            draft.leave(name, error)


def _describe(draft: Draft, name: str, text: str, role: Role) -> None:
    """Add a description in JSON, and the objects that it names."""
    document = draft.document(name, text)
    if isinstance(document, dict):
        document = {key: part for key, part in document.items() if not _again(key, part, document)}
    for node in nodes.walk(document, name, role):
        if len(draft.nodes) >= draft.meter.budget.nodes:
            draft.leave(name, OverBudget(f"over the budget of {len(draft.nodes):,} objects in it"))
            break
        draft.nodes.append(node)


def _again(key: str, part: Any, document: dict[str, Any]) -> bool:
    """Whether a part repeats the configuration that the document itself is.

    TensorFlow 2.1 and later write a model's configuration into its own description and a second
    time under `model_config`.
    """
    return (
        key == "model_config"
        and isinstance(part, dict)
        and all(document.get(name) == value for name, value in part.items())
    )


def _arrays(draft: Draft) -> dict[str, str]:
    """Add the arrays; the names of the variables behind their keys."""
    if not os.path.lexists(os.path.join(draft.path, "variables", "variables.index")):
        return {}
    found = bundle.read(draft.path, draft.meter.budget)
    draft.arrays += found.arrays
    draft.unread += found.unread
    if found.damage:
        draft.damaged(found.damage)
    return found.names
