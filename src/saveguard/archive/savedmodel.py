"""A SavedModel: the folder that TensorFlow writes, read without it.

`saved_model.pb` holds the graphs, `variables/` the arrays, and `keras_metadata.pb` (since
TensorFlow 2.5; before, `saved_model.pb` itself) what Keras needs to rebuild its objects.
"""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

from saveguard.archive import bundle, metagraph, nodes
from saveguard.archive.wire import OverBudget
from saveguard.facts import Node, Role, StoredArray, Unread

GRAPH, METADATA = "saved_model.pb", "keras_metadata.pb"
VARIABLES = os.path.join("variables", "variables")
# Forms of the graph that TensorFlow reads and this module does not.
_OTHER_FORMS = ("saved_model.pbtxt", "saved_model.cpb")
# Where `tf.keras.experimental.export_saved_model` of TensorFlow 1 put the model's configuration.
_EXPORTED = os.path.join("assets", "saved_model.json")
_LIMITS = {"most_fields": 10_000_000, "most_text": 1 << 24}
_ROLES: dict[str, Role] = {
    "_tf_keras_sequential": "model",
    "_tf_keras_network": "model",
    "_tf_keras_model": "model",
    "_tf_keras_metric": "metric",
}


def is_one(folder: str) -> bool:
    """Whether a folder holds a SavedModel."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in (GRAPH, *_OTHER_FORMS))


def read(folder: str, budget: Any = None) -> dict[str, Any]:
    """What the folder says, as fields of `ArchiveFacts`.

    `documents` has the JSON of each described object by its place, `keras_metadata.pb[2]`, and
    under `saved_model.pb` the `graphs` (see `metagraph.Graphs`) and `variables`: the names of the
    variables behind the arrays' keys.
    """
    del budget
    parts = _Parts(documents={}, nodes=[], unread=[], damage=[])
    graphs = _graphs(folder, parts)
    arrays, names = _arrays(folder, parts)
    parts.documents[GRAPH] = {"graphs": graphs.graphs, "variables": names}
    return {
        "layout": "savedmodel",
        "damage": "; ".join(parts.damage),
        "documents": parts.documents,
        "nodes": tuple(parts.nodes),
        "arrays": arrays,
        "operations": tuple(graphs.operations),
        "versions": _versions(parts.documents, graphs.graphs),
        "unread": tuple(parts.unread),
    }


class _Parts(NamedTuple):
    """What several files of the folder add to."""

    documents: dict[str, Any]
    nodes: list[Node]
    unread: list[Unread]
    damage: list[str]

    def stopped(self, member: str, problem: ValueError) -> None:
        """Tell that a file could not be read to its end."""
        over = isinstance(problem, OverBudget)
        kind = "budget" if over else "damage"
        self.unread.append(Unread(what=member, why=str(problem), kind=kind))
        if not over:
            self.damage.append(f"{member}: {problem}")


def _graphs(folder: str, parts: _Parts) -> metagraph.Graphs:
    """The graphs, and what Keras described in them and beside them."""
    graphs, described = metagraph.Graphs(), []
    for name in _OTHER_FORMS:
        if os.path.isfile(os.path.join(folder, name)):
            why = "this form of the graph is not read"
            parts.unread.append(Unread(what=name, why=why, kind="unknown"))
    if os.path.isfile(os.path.join(folder, GRAPH)):
        graphs = metagraph.read(os.path.join(folder, GRAPH), most_operations=200_000, **_LIMITS)
        described = [(GRAPH, one) for one in graphs.described]
        if graphs.problem is not None:
            parts.stopped(GRAPH, graphs.problem)
    if os.path.isfile(os.path.join(folder, METADATA)):
        more, problem = metagraph.metadata(os.path.join(folder, METADATA), **_LIMITS)
        described += [(METADATA, one) for one in more]
        if problem is not None:
            parts.stopped(METADATA, problem)
    for member, one in described:
        _describe(
            f"{member}[{one.number}]", one.metadata, _ROLES.get(one.identifier, "layer"), parts
        )
    exported = os.path.join(folder, _EXPORTED)
    if os.path.isfile(exported):
        with open(exported, "rb") as file:
            text = file.read(_LIMITS["most_text"] + 1)
        _describe(_EXPORTED, text.decode("utf-8", "replace"), "model", parts)
    return graphs


def _describe(name: str, text: str, role: Role, parts: _Parts) -> None:
    """Add a description in JSON with the objects that it names."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        parts.unread.append(Unread(what=name, why=f"not JSON: {error}", kind="damage"))
        return
    parts.documents[name] = document
    if isinstance(document, dict):
        document = {key: part for key, part in document.items() if not _again(key, part, document)}
    parts.nodes.extend(nodes.walk(document, name, role))


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


def _arrays(folder: str, parts: _Parts) -> tuple[tuple[StoredArray, ...], dict[str, str]]:
    """The arrays, and the names of the variables behind their keys."""
    prefix = os.path.join(folder, VARIABLES)
    if not os.path.isfile(f"{prefix}.index"):
        return (), {}
    found = bundle.read(prefix, folder, most_bytes=1 << 26, most_arrays=1_000_000)
    parts.unread.extend(found.unread)
    parts.damage.extend([found.damage] if found.damage else [])
    return found.arrays, found.names


def _versions(documents: dict[str, Any], graphs: list[dict[str, Any]]) -> dict[str, str]:
    """The versions claimed inside."""
    written_by = [graph["tensorflow"] for graph in graphs if graph.get("tensorflow")]
    found = {"tensorflow": written_by[-1]} if written_by else {}
    for document in documents.values():
        for name, key in (("keras", "keras_version"), ("backend", "backend")):
            if isinstance(document, dict) and isinstance(document.get(key), str):
                found.setdefault(name, document[key])
    return found
