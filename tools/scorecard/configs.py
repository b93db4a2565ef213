"""Configurations as Keras 3 and Keras 2 write them, by hand."""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]


def node(class_name: str, config: Any, module: str | None = "keras.layers", **more: Any) -> JSON:
    """One object as Keras 3 writes it."""
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": None,
        **more,
    }


def function(module: str | None, name: str, registered: str | None = "function") -> JSON:
    """A function as Keras 3 writes it."""
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": registered,
    }


def source(layer: str, shape: tuple[int | None, ...] = (None, 3)) -> JSON:
    """A reference to a layer's output, in `inbound_nodes`."""
    history = [layer, 0, 0]
    config = {"shape": list(shape), "dtype": "float32", "keras_history": history}
    return {"class_name": "__keras_tensor__", "config": config}


def called(layer: JSON, *sources: JSON, **keywords: Any) -> JSON:
    """A layer as a functional model holds it: named, and called once."""
    return {
        **layer,
        "name": layer["config"]["name"],
        "inbound_nodes": [{"args": list(sources), "kwargs": keywords}],
    }


def inputs(name: str = "tokens") -> JSON:
    config = {"batch_shape": [None, 3], "dtype": "float32", "sparse": False, "name": name}
    return {**node("InputLayer", config), "name": name, "inbound_nodes": []}


def dense(name: str = "head", **config: Any) -> JSON:
    zeros = node("Zeros", {}, "keras.initializers")
    glorot = node("GlorotUniform", {"seed": None}, "keras.initializers")
    full = {
        "name": name,
        "trainable": True,
        "dtype": node("DTypePolicy", {"name": "float32"}, "keras"),
        "units": 2,
        "activation": "linear",
        "use_bias": True,
        "kernel_initializer": glorot,
        "bias_initializer": zeros,
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
        **config,
    }
    return node("Dense", full, build_config={"input_shape": [None, 3]})


def lambda_layer(function: Any, name: str = "scale", **config: Any) -> JSON:
    full = {"name": name, "trainable": True, "dtype": "float32", "function": function}
    return node("Lambda", {**full, "arguments": {}, **config})


def functional(*layers: JSON, outputs: str = "head", **more: Any) -> JSON:
    """A functional model whose layers follow each other, `tokens` first and `outputs` last."""
    config = {
        "name": "model",
        "trainable": True,
        "layers": list(layers),
        "input_layers": [["tokens", 0, 0]],
        "output_layers": [[outputs, 0, 0]],
    }
    return node("Functional", config, "keras.src.models.functional", **more)


def plain(**more: Any) -> JSON:
    """The model of two layers: tokens -> head."""
    return functional(inputs(), called(dense(), source("tokens")), **more)


def through(layer: JSON) -> JSON:
    """The same with a layer between: tokens -> `layer` -> head."""
    name = layer["config"]["name"]
    return functional(inputs(), called(layer, source("tokens")), called(dense(), source(name)))


def aside(layer: JSON, *arguments: Any, **keywords: Any) -> JSON:
    """The model of two layers, and `layer` called on literals, which feeds nothing."""
    return functional(
        inputs(), called(layer, *arguments, **keywords), called(dense(), source("tokens"))
    )


def legacy(*layers: JSON) -> JSON:
    """A sequential model as Keras 2 wrote it into an `.h5`."""
    return {"class_name": "Sequential", "config": {"name": "model", "layers": list(layers)}}


def legacy_layer(class_name: str, **config: Any) -> JSON:
    return {"class_name": class_name, "config": {"name": class_name.lower(), **config}}
