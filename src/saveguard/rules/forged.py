"""What the security rules' examples share: tiny archives, written by hand and never loaded."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

Node = dict[str, Any]


def node(class_name: str, config: Any, module: str = "keras.layers") -> Node:
    """One object as Keras 3 writes it."""
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def function(module: str, name: str) -> Node:
    """A function as Keras 3 writes it."""
    return {**node("function", name, module), "registered_name": "function"}


def lambda_layer(function: Any, name: str = "scale") -> Node:
    """A Lambda layer of a function."""
    return node("Lambda", {"name": name, "function": function, "arguments": {}})


def model(*layers: Node, compiled: Node | None = None) -> Node:
    """A sequential model of an input of three numbers, `layers`, and a Dense layer `head`."""
    shape = {"batch_shape": [None, 3], "dtype": "float32", "name": "tokens"}
    head = {"name": "head", "units": 2, "activation": "linear", "use_bias": True}
    built = {**node("Dense", head), "build_config": {"input_shape": [None, 3]}}
    config = {"name": "model", "layers": [node("InputLayer", shape), *layers, built]}
    built_from = {"build_input_shape": [None, 3]} if layers else {}
    whole = node("Sequential", {**config, **built_from}, "keras")
    return {**whole, "compile_config": compiled} if compiled else whole


def source(layer: str) -> Node:
    """A reference to the three numbers that a layer gives, in `inbound_nodes`."""
    config = {"shape": [None, 3], "dtype": "float32", "keras_history": [layer, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def functional(*aside: Node) -> Node:
    """The same model as a functional one, with further layers that are wired as they say."""
    layers = model()["config"]["layers"]
    called = [{"args": [source("tokens")], "kwargs": {}}]
    wired = [
        {**layers[0], "name": "tokens", "inbound_nodes": []},
        {**layers[1], "name": "head", "inbound_nodes": called},
    ]
    config = {
        "name": "model",
        "trainable": True,
        "layers": [*wired, *aside],
        "input_layers": [["tokens", 0, 0]],
        "output_layers": [["head", 0, 0]],
    }
    return node("Functional", config, "keras.src.models.functional")


def weights(path: Path) -> Path:
    """The arrays of `head` as `model.weights.h5` holds them."""
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.full((3, 2), 0.5, "float32")
        file["layers/dense/vars/1"] = np.full(2, 0.5, "float32")
        file.create_group("vars")
    return path


def keras_file(tmp: Path, config: Node | bytes, **more: bytes) -> Path:
    """A `.keras` file with this configuration; `more` are further members."""
    path, inside = tmp / "m.keras", weights(tmp / "inside.h5")
    text = config if isinstance(config, bytes) else json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", text)
        archive.write(inside, "model.weights.h5")
        for name, content in more.items():
            archive.writestr(name, content)
    inside.unlink()
    return path
