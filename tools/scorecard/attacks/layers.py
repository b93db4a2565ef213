"""Layers that read files which the model names, and names that leave the folder."""

from __future__ import annotations

from pathlib import Path

from tools.scorecard import configs, forge
from tools.scorecard.case import hostile
from tools.scorecard.configs import aside, called, function, inputs, lambda_layer, node, source


def _write(folder: Path, graph: configs.JSON) -> Path:
    return forge.keras_zip(folder / "m.keras", graph)


def _lookup(class_name: str, **config: object) -> configs.JSON:
    return node(class_name, {"name": "words", "max_tokens": None, **config})


@hostile("CVE-2025-12058", "SG306")
def vocabulary_path(folder: Path) -> Path:
    """A StringLookup whose vocabulary is a file of the host."""
    return _write(folder, configs.through(_lookup("StringLookup", vocabulary="/etc/hostname")))


@hostile("CVE-2025-12058", "SG306")
def vocabulary_url(folder: Path) -> Path:
    """A TextVectorization whose vocabulary is a URL."""
    layer = _lookup("TextVectorization", vocabulary="http://localhost:9/none")
    return _write(folder, configs.through(layer))


@hostile("CVE-2025-12058; bypass: the walk does not recurse", "SG306")
def weights_path_nested(folder: Path) -> Path:
    """An IntegerLookup in a nested model whose `idf_weights` is a path."""
    layer = _lookup("IntegerLookup", vocabulary=[1, 2], idf_weights="../../secret.txt")
    inner = node("Sequential", {"name": "inner", "layers": [layer]}, "keras")
    return _write(folder, configs.through(inner))


@hostile("CVE-2025-12058", "SG306")
def vocabulary_path_in_h5(folder: Path) -> Path:
    """The same in an `.h5`."""
    layer = configs.legacy_layer("StringLookup", vocabulary="gs://bucket/none")
    return forge.h5(folder / "m.h5", configs.legacy(layer))


@hostile("CVE-2026-1462", "SG307")
def saved_model_layer(folder: Path) -> Path:
    """A TFSMLayer, which loads the SavedModel that its configuration names."""
    config = {"name": "outside", "filepath": "/srv/none", "call_endpoint": "serve"}
    return _write(folder, configs.through(node("TFSMLayer", config)))


@hostile("CVE-2026-1462 in function position (open on 3.15.1)", "SG307")
def saved_model_layer_as_function(folder: Path) -> Path:
    """TFSMLayer as a Lambda's function, called on a path."""
    return _write(folder, aside(lambda_layer(function("keras.layers", "TFSMLayer")), "/srv/none"))


@hostile("CVE-2026-1462; bypass: denylist of names", "SG307")
def saved_model_layer_by_private_path(folder: Path) -> Path:
    """The same by its private path, in a wrapper."""
    layer = node("TFSMLayer", {"filepath": "/srv/none"}, "keras.src.export.tfsm_layer")
    return _write(folder, configs.through(node("TimeDistributed", {"name": "t", "layer": layer})))


@hostile("CVE-2026-12479", "SG310")
def name_that_leaves_the_folder(folder: Path) -> Path:
    """A layer whose name holds `..`, under which its assets would be written."""
    layer = _lookup("StringLookup", vocabulary=["a"])
    layer["config"]["name"] = "../../outside"
    return _write(folder, configs.through(layer))


@hostile("CVE-2026-12479", "SG310")
def name_with_a_line_end(folder: Path) -> Path:
    """A layer whose name holds a line end and a NUL."""
    layer = configs.dense("head\n\x00")
    graph = configs.functional(inputs(), called(layer, source("tokens")), outputs="head\n\x00")
    return _write(folder, graph)


@hostile("CVE-2026-12481", "SG314")
def layer_without_module(folder: Path) -> Path:
    """A layer without `module` in a `.keras`, which goes to the legacy deserializer."""
    layer = called(configs.dense(), source("tokens"))
    del layer["module"]
    return _write(folder, configs.functional(inputs(), layer))


@hostile("dead node (open on 3.15.1)", "SG315")
def layer_that_feeds_nothing(folder: Path) -> Path:
    """A layer that is called while loading and feeds no output."""
    return _write(folder, aside(node("Rescaling", {"name": "dead", "scale": 1.0}), [[1.0]]))


@hostile("shards that lie elsewhere", "SG310")
def shard_outside(folder: Path) -> Path:
    """A `.weights.json` whose shard is `../../outside.weights.h5`."""
    path = folder / "m.weights.json"
    stored = {"/layers/dense/vars": "../../outside.weights.h5"}
    path.write_text(forge.json.dumps({"metadata": {"total_size": 32}, "weight_map": stored}))
    return path
