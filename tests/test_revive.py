"""The loader followed without Keras, held against the loader itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from saveguard.archive.nodes import walk
from saveguard.facts import ArchiveFacts
from saveguard.revive import Stop, stops
from saveguard.rules.old_files import entry, functional, layer, node, on, public, sequential

SEED = {"seed": None, "dtype": "float32"}
POLICY = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
X = layer("InputLayer", "x", batch_input_shape=[None, 4], dtype="float32")
IMAGE = [None, 8, 8, 3]


def dense(name: str = "d", **config: Any) -> dict[str, Any]:
    return layer("Dense", name, units=3, **config)


def inner(call: int, output: int = 0) -> dict[str, Any]:
    part = functional(entry("a"), node("Dense", "b", on("a"), units=3), output="b", name="in")
    nested = {**part, "name": "in", "inbound_nodes": [on("x")]}
    if output:
        return functional(entry(), nested, output="in", call=output)
    return functional(entry(), nested, node("Dense", "z", on("in", call), units=2), output="z")


def recurrent(*calls: Any) -> dict[str, Any]:
    state = entry("s", (None, 2))
    last = node("GRU", "gru", list(calls), units=2)
    return functional(entry("x", (None, 5, 3)), state, last, output="gru")


def first(class_name: str, shape: list[int | None], *more: Any, **config: Any) -> dict[str, Any]:
    return sequential(layer(class_name, "f", batch_input_shape=shape, **config), *more)


# Configurations of `.h5` files, and the kind of the stop that is to be found; none: it loads.
OLD: dict[str, tuple[dict[str, Any], str]] = {
    "plain": (sequential(X, dense()), ""),
    "initializer": (sequential(X, dense(kernel_initializer="glorot_uniform")), ""),
    "initializer dtype": (
        sequential(X, dense(kernel_initializer={"class_name": "GlorotUniform", "config": SEED})),
        "argument",
    ),
    "constant takes all": (
        sequential(
            X,
            dense(
                kernel_initializer={"class_name": "Constant", "config": {"value": 1.0, "dtype": 1}}
            ),
        ),
        "",
    ),
    "unknown initializer": (sequential(X, dense(kernel_initializer="own")), "custom"),
    "unknown activation": (sequential(X, dense(activation="own")), "custom"),
    "old activation": (sequential(X, dense(activation="softmax_v2")), "custom"),
    "bytecode activation": (sequential(X, dense(activation=["4wE=", None, None])), "lambda"),
    "policy": (sequential(X, dense(dtype=POLICY)), "dtype"),
    "policy by name": (sequential(X, dense(dtype="mixed_float16")), ""),
    "inferred dtype": (sequential(X, dense(dtype="_infer")), "dtype"),
    "slash": (sequential(X, dense("a/b")), "name"),
    "model slash": (sequential(X, dense(), name="a/b"), "name"),
    "same name": (sequential(X, dense(), dense()), "name"),
    "time_major": (first("LSTM", [None, 5, 3], units=2, time_major=False), "argument"),
    "gone": (sequential(X, layer("ThresholdedReLU", "t", theta=1.0)), "gone"),
    "keras 1": (sequential(X, layer("MaxoutDense", "t", output_dim=3)), "gone"),
    "custom": (sequential(X, layer("Own", "t")), "custom"),
    "operation": (sequential(X, layer("TFOpLambda", "t", function="math.abs")), "operation"),
    "missing": (sequential(X, layer("Dense", "t")), "missing-argument"),
    "inner": (
        sequential(
            layer("InputLayer", "x", batch_input_shape=[None, 5, 3]),
            layer("Bidirectional", "t", layer=layer("LSTM", "l", units=2)),
        ),
        "no-module",
    ),
    "list": ({"class_name": "Sequential", "config": [dense()]}, "list"),
    "score mode": (
        functional(
            entry("x", (None, 5, 3)),
            node("Attention", "t", [["x", 0, 0, {}], ["x", 0, 0, {}]], score_mode="dot"),
            output="t",
        ),
        "mistaken",
    ),
    "dense axis": (first("Dense", [None, 4], units=3), ""),
    "conv axis": (first("Conv2D", IMAGE, filters=2, kernel_size=[3, 3]), "axis"),
    "flat axis": (first("Flatten", IMAGE, dense()), "axis"),
    "norm axis": (first("LayerNormalization", [None, 4], axis=[1]), "axis"),
    "reshaped": (first("Reshape", [None, 4], dense(), target_shape=[2, 2]), ""),
    "fixed batch": (first("Reshape", [2, 4], dense(), target_shape=[2, 2]), "axis"),
    "pool behind dropout": (
        first("Dropout", IMAGE, layer("MaxPooling2D", "p", pool_size=[2, 2]), rate=0.1),
        "axis",
    ),
    "nested, counted as Keras 2": (inner(1), "call-nested"),
    "nested": (inner(0), ""),
    "nested output": (inner(0, output=1), ""),
    "nested output too far": (inner(0, output=2), "call-nested"),
    "state in the inputs": (recurrent(["x", 0, 0, {}], ["s", 0, 0, {}]), "initial-state"),
    "no state": (recurrent(["x", 0, 0, {}]), ""),
    "flat call": (functional(entry(), node("Dense", "z", ["x", 0, 0, {}], units=2), output="z"),
                  "call-flat"),
    "constant": (
        functional(
            entry(),
            node("Add", "z", [["x", 0, 0, {}], ["_CONSTANT_VALUE", -1, 1.0, {}]]),
            output="z",
        ),
        "constant",
    ),
    "list in a row": (
        sequential(
            functional(entry(), node("ReLU", "r", on("x")), output="r", name="in"), dense()
        ),
        "list-output",
    ),
}  # fmt: skip


def facts(
    document: dict[str, Any], keras: str = "3.15", name: str = "@model_config"
) -> ArchiveFacts:
    return ArchiveFacts(
        path="m.h5" if name.startswith("@") else "m.keras",
        layout="h5" if name.startswith("@") else "keras",
        documents={name: document},
        nodes=tuple(walk(document, name)),
        keras=keras,
    )


def told(document: dict[str, Any], keras: str = "3.15", name: str = "@model_config") -> list[Stop]:
    return [stop for stop in stops(facts(document, keras, name)) if stop.certainty == "certain"]


@pytest.mark.parametrize("name", OLD)
def test_the_first_stop_is_of_the_right_kind(name: str) -> None:
    document, kind = OLD[name]
    assert [stop.kind for stop in told(document)[:1]] == ([kind] if kind else [])


@pytest.mark.parametrize("name", OLD)
def test_keras_stops_where_the_stop_says(name: str) -> None:
    pytest.importorskip("keras")
    from keras.src.legacy.saving import json_utils, saving_options, saving_utils
    from keras.src.saving import serialization_lib

    document, kind = OLD[name]
    config = json_utils.decode(json.dumps(document))
    error = ""
    scopes = saving_options.keras_option_scope(use_legacy_config=True)
    with scopes, serialization_lib.SafeModeScope(True):
        try:
            saving_utils.model_from_config(config)
        except Exception as raised:  # noqa: BLE001  held against what is told
            error = str(raised)
    assert bool(error) == bool(kind), error
    for stop in told(document)[:1]:
        if kind not in ("axis", "list-output"):  # told without the numbers that Keras adds
            assert stop.prints[:20] in error or "object at 0x" in error


def test_a_reader_that_is_older_than_an_argument() -> None:
    settings = {"units": 3, "name": "d", "quantization_config": None}
    model = public("Sequential", "keras", name="m", layers=[public("Dense", **settings)])
    assert told(model, "3.15", "config.json") == []
    [stop] = told(model, "3.6", "config.json")
    assert stop.where == "config.json $.config.layers[0].config.quantization_config"
    assert stop.prints == (
        "Unrecognized keyword arguments passed to Dense: {'quantization_config': None}"
    )


def test_a_policy_that_is_newer_than_its_reader() -> None:
    policy = public("DTypePolicy", "keras", name="float32")
    model = public("Sequential", "keras", name="m", layers=[public("Flatten", dtype=policy)])
    assert told(model, "3.4", "config.json") == []
    assert [stop.kind for stop in told(model, "3.3", "config.json")] == ["dtype"]


def test_nothing_is_told_without_a_release() -> None:
    assert stops(facts(sequential(layer("Own", "t")), keras="")) == ()


def test_stops_come_in_the_order_of_the_loader() -> None:
    model = sequential(
        X, *(dense(f"d{number}") for number in range(9)), layer("A", "a"), layer("B", "b")
    )
    assert [stop.values["name"] for stop in told(model)] == ["A", "B"]


def test_what_only_compiling_meets_is_likely_and_last() -> None:
    document = sequential(X, layer("Own", "t"))
    training = {
        "loss": "mse",
        "metrics": ["accuracy", "mse"],
        "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.1, "name": "Adam"}},
    }
    both = ArchiveFacts(
        path="m.h5",
        layout="h5",
        documents={"@model_config": document, "@training_config": training},
        nodes=(*walk(document, "@model_config"), *walk(training, "@training_config", "value")),
        keras="3.15",
    )
    found = [(stop.kind, stop.certainty, stop.values.get("name")) for stop in stops(both)]
    assert found[0] == ("custom", "certain", "Own")
    assert {one[:2] for one in found[1:]} == {("compile", "likely")}
    assert len(found) == 3


def test_a_reader_before_3_9_may_still_import_a_custom_class() -> None:
    own = {"module": "shop.layers", "class_name": "Own", "config": {}, "registered_name": "Own"}
    model = public("Sequential", "keras", name="m", layers=[own])
    assert [stop.kind for stop in told(model, "3.9", "config.json")] == ["custom"]
    assert told(model, "3.6", "config.json") == []
    [stop] = stops(facts(model, "3.6", "config.json"))
    assert (stop.kind, stop.certainty) == ("custom", "likely")
