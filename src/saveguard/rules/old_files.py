"""Small files as old releases wrote them, for the rules' examples: written by hand."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

Config = dict[str, Any]


def layer(class_name: str, name: str, **config: Any) -> Config:
    """A layer as a Sequential model of an `.h5` file lists it."""
    return {"class_name": class_name, "config": {"name": name, **config}}


def node(class_name: str, name: str, *calls: Any, **config: Any) -> Config:
    """A layer as a Functional model of an `.h5` file lists it, with its calls."""
    return {**layer(class_name, name, **config), "name": name, "inbound_nodes": list(calls)}


def on(source: str, call: int = 0) -> list[Any]:
    """A call on the first tensor of one layer."""
    return [[source, call, 0, {}]]


def entry(name: str = "x", shape: tuple[int | None, ...] = (None, 4)) -> Config:
    """An input layer of a Functional model."""
    return node("InputLayer", name, batch_input_shape=list(shape), dtype="float32")


def sequential(*layers: Config, name: str = "m") -> Config:
    """A Sequential model."""
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers)}}


def functional(*layers: Config, output: str, call: int = 0, name: str = "m") -> Config:
    """A Functional model of one input, its first layer, and one output."""
    return {
        "class_name": "Functional",
        "config": {
            "name": name,
            "layers": list(layers),
            "input_layers": [[layers[0]["name"], 0, 0]],
            "output_layers": [[output, call, 0]],
        },
    }


def h5(path: Path, model: Config, training: Config | None = None, version: str = "2.4.0") -> Path:
    """An `.h5` file of a model without weights."""
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = version, "tensorflow"
        file.attrs["model_config"] = json.dumps(model)
        if training is not None:
            file.attrs["training_config"] = json.dumps(training)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = []
    return path


def archive(path: Path, model: Config, version: str = "3.15.1") -> Path:
    """A `.keras` file of a model without weights."""
    import io

    import h5py

    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        file.create_group("layers")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", json.dumps({"keras_version": version}))
        file.writestr("config.json", json.dumps(model))
        file.writestr("model.weights.h5", weights.getvalue())
    return path


def public(class_name: str, module: str = "keras.layers", **config: Any) -> Config:
    """An object of Keras's own, as a `.keras` file holds it."""
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": None,
    }


def fill(path: Path, **layers: dict[str, tuple[int, ...]]) -> None:
    """Give layers of an `.h5` file their arrays, all ones, by name and shape."""
    import h5py
    import numpy as np

    with h5py.File(path, "r+") as file:
        group = file["model_weights"]
        group.attrs["layer_names"] = list(layers)
        for layer, arrays in layers.items():
            names = [f"{layer}/{name}:0" for name in arrays]
            for name, shape in zip(names, arrays.values(), strict=True):
                group[f"{layer}/{name}"] = np.ones(shape, "float32")
            group[layer].attrs["weight_names"] = names
