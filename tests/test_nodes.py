"""Every object that a configuration names is found, with the role of its place."""

from __future__ import annotations

from typing import Any

from saveguard.archive.nodes import walk


def told(document: Any, role: Any = "model") -> list[tuple[str, str, str]]:
    return [(node.path, node.role, node.class_name) for node in walk(document, "d", role)]


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": class_name, "config": config}


def test_a_model_of_today() -> None:
    function = {"module": "builtins", "class_name": "function", "config": "swish"}
    history = {"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}}
    dense = layer("Dense", name="d", activation="relu", kernel_regularizer=layer("L2", l2=0.1))
    dense["inbound_nodes"] = [{"args": [history], "kwargs": {"how": function}}]
    compiled = {
        "optimizer": layer("Adam", learning_rate=layer("CosineDecay", decay_steps=3)),
        "loss": {"activation": "mse", "b": None},
        "metrics": [["accuracy", function]],
    }
    model = {**layer("Functional", layers=[dense]), "compile_config": compiled}
    assert told(model) == [
        ("$", "model", "Functional"),
        ("$.config.layers[0]", "layer", "Dense"),
        ("$.config.layers[0].config.activation", "activation", "relu"),
        ("$.config.layers[0].config.kernel_regularizer", "regularizer", "L2"),
        ("$.config.layers[0].inbound_nodes[0].args[0]", "tensor", "__keras_tensor__"),
        ("$.config.layers[0].inbound_nodes[0].kwargs.how", "function", "swish"),
        ("$.compile_config.optimizer", "optimizer", "Adam"),
        ("$.compile_config.optimizer.config.learning_rate", "schedule", "CosineDecay"),
        ("$.compile_config.loss.activation", "loss", "mse"),
        ("$.compile_config.metrics[0][0]", "metric", "accuracy"),
        ("$.compile_config.metrics[0][1]", "metric", "swish"),
    ]


def test_layers_around_layers() -> None:
    inner = layer("RNN", name="r", cell=layer("GRUCell", activation="tanh"))
    model = layer("Sequential", layers=[layer("Sequential", name="encoder", layers=[inner])])
    nodes = list(walk(model, "d"))
    assert [node.layer for node in nodes] == ["", "encoder", "encoder/r"] + 2 * [
        "encoder/r/GRUCell"
    ]
    assert [node.owner for node in nodes][-2:] == [nodes[2].path, nodes[3].path]


def test_a_model_of_keras_1() -> None:
    dense = layer("Dense", init="uniform", W_regularizer={"name": "WeightRegularizer", "l2": 1e-4})
    model = {"class_name": "Sequential", "config": [dense]}
    assert told(model) == [
        ("$", "model", "Sequential"),
        ("$.config[0]", "layer", "Dense"),
        ("$.config[0].config.init", "initializer", "uniform"),
        ("$.config[0].config.W_regularizer", "regularizer", "WeightRegularizer"),
    ]
    assert list(walk(model, "d"))[-1].config == {"l2": 1e-4}


def test_a_training_config() -> None:
    wrapped = {"class_name": "MeanMetricWrapper", "config": {"name": "acc", "fn": "mae"}}
    training = {"loss": ["mse", None], "metrics": [[wrapped]], "optimizer_config": layer("SGD")}
    assert told(training, "value") == [
        ("$.loss[0]", "loss", "mse"),
        ("$.metrics[0][0]", "metric", "MeanMetricWrapper"),
        ("$.metrics[0][0].config.fn", "metric", "mae"),
        ("$.optimizer_config", "optimizer", "SGD"),
    ]


def test_functions_of_a_lambda() -> None:
    named = layer("Lambda", function="double", function_type="function")
    bytecode = layer("Lambda", function=["4wAAA", None, None], function_type="lambda")
    code = layer("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wAAA"}})
    assert told([named, bytecode, code], "layer") == [
        ("$[0]", "layer", "Lambda"),
        ("$[0].config.function", "function", "double"),
        ("$[1]", "layer", "Lambda"),
        ("$[2]", "layer", "Lambda"),
        ("$[2].config.function", "function", "__lambda__"),
    ]


def test_any_depth_and_any_nonsense() -> None:
    deep: Any = {"class_name": "Dense", "config": []}
    for _ in range(5000):
        deep = [deep]
    assert len(list(walk(deep, "d"))) == 1
    nonsense = {"class_name": 3, "config": {"class_name": None}, "module": [], "a b": [{}, 1, ""]}
    assert told(nonsense) == []
