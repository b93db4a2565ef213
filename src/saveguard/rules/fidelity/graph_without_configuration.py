"""A SavedModel holds graphs and no configuration from which layers could be rebuilt.

## What happens

`saveguard migrate FOLDER NEW` stops before anything is written.

## Why

Keras writes a model's configuration beside the graphs where the model is Sequential or Functional,
or where its class has a `get_config`. It is missing where the model is of another class, was
exported (`model.export`, `tf.saved_model.save`, an Estimator), or was saved by a release before
TensorFlow 1.15. The graphs alone do not tell which layers they were made of.

## Fix

For answers on the TensorFlow backend, the graph itself can be a layer of a new model:

    layer = keras.layers.TFSMLayer("folder", call_endpoint="serving_default")

For a Keras model whose weights can be trained on, its class is needed: build the model as it was
built then, and give it the weights,

    saveguard.migrate("folder", "new.weights.h5", model=model)

## Seen in

- TensorFlow Hub's modules, and whatever `model.export` wrote.
- Subclassed models of TensorFlow 2.0 to 2.15 that were saved as a folder.

## References

- https://github.com/tensorflow/tensorflow/blob/v2.15.0/tensorflow/core/protobuf/saved_object_graph.proto
- https://keras.io/api/layers/backend_specific_layers/tfsm_layer/
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG443", "graph-without-configuration", since="0.1")


def refused(facts: ArchiveFacts, told: Mapping[str, Any]) -> Finding:
    """The finding for a SavedModel of which Keras wrote `told`, and no configuration."""
    kind = told.get("class_name")
    signatures = _signatures(facts)
    rebuild = (
        f"build the model with its class {kind} as it was built then, and"
        f' saveguard.migrate({facts.path!r}, "new.weights.h5", model=model)'
        if kind
        else "nothing in it says how to build a Keras model"
    )
    layer = (
        f" For answers alone: keras.layers.TFSMLayer({facts.path!r},"
        f" call_endpoint={signatures[0]!r}), on TensorFlow."
        if signatures
        else ""
    )
    return rule.finding(
        where=facts.path,
        message=f"it holds the graphs of a {kind} and no configuration of it"
        if kind
        else "it holds graphs, and nothing that Keras wrote of the model",
        why="Layers are rebuilt from the configuration; a graph alone does not tell which they"
        " were.",
        fix=f"{rebuild}.{layer}",
        file=facts.path,
    )


def _signatures(facts: ArchiveFacts) -> list[str]:
    """The names of the signatures that it can be called by."""
    document = facts.documents.get("saved_model.pb")
    graphs = document.get("graphs", ()) if isinstance(document, dict) else ()
    return [name for graph in graphs for name in graph["signatures"] if not name.startswith("__")]


def bad(tmp: Path) -> Call:
    """A SavedModel of nothing but its schema's version."""
    folder = tmp / "m"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"\x08\x01\x12\x02\x0a\x00")
    return Call("migrate", (folder, tmp / "new.keras"))


def good(tmp: Path) -> Call:
    """A model's own folder, as Keras 3 writes it unzipped."""
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    keras.saving.save_model(model, tmp / "m", zipped=False)
    return Call("migrate", (tmp / "m", tmp / "new.keras"))
