"""Small old files, each with what plain Keras 3.15.1 did with its like in docs/matrix.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import saveguard
from saveguard.facts import ArchiveFacts
from saveguard.known import release
from saveguard.revive import stops
from saveguard.rules.old_files import entry, functional, layer, node, on, sequential

GRAPH = entry()


def kinds(model: dict[str, Any]) -> list[str]:
    """What stops the loader of old files, first one first."""
    from saveguard.archive.nodes import walk

    facts = ArchiveFacts(
        path="m.h5",
        layout="h5",
        documents={"@model_config": model},
        nodes=tuple(walk(model, "@model_config")),
        keras=release("3.15").version,
    )
    return [stop.kind for stop in stops(facts) if stop.certainty == "certain"]


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "several axes are taken out, and the weights do not fit": (
        functional(GRAPH, node("LayerNormalization", "n", on("x"), axis=[1, 2]), output="n"),
        ["axes"],
    ),
    "one axis in a list is read as a number": (
        functional(GRAPH, node("LayerNormalization", "n", on("x"), axis=[1]), output="n"),
        [],
    ),
    "several axes without weights compute something else, and load": (
        functional(
            GRAPH,
            node("LayerNormalization", "n", on("x"), axis=[1, 2], scale=False, center=False),
            output="n",
        ),
        [],
    ),
    "the groups of a depthwise convolution are refused": (
        functional(
            entry(shape=(None, 8, 8, 3)),
            node("DepthwiseConv2D", "d", on("x"), kernel_size=[3, 3], groups=1),
            output="d",
        ),
        ["argument"],
    ),
    "a cell's old argument": (
        sequential(layer("LSTM", "l", units=2, time_major=False)),
        ["argument"],
    ),
    "a slash in a name": (
        functional(GRAPH, node("Dense", "a/b", on("x"), units=2), output="a/b"),
        ["name"],
    ),
    "an operation of TensorFlow": (
        functional(GRAPH, node("TFOpLambda", "tf.add", on("x"), function="add"), output="tf.add"),
        ["operation"],
    ),
    "plain layers": (
        functional(GRAPH, node("Dense", "d", on("x"), units=2), output="d"),
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_loader_is_followed_to_where_it_stops(case: str) -> None:
    model, expected = CASES[case]
    assert kinds(model) == expected


def test_a_layer_that_names_its_module_keeps_its_axes() -> None:
    model, _ = CASES["several axes are taken out, and the weights do not fit"]
    named = {**model["config"]["layers"][1], "module": "keras.layers"}
    config = {**model["config"], "layers": [model["config"]["layers"][0], named]}
    assert kinds({**model, "config": config}) == []


def test_every_kind_of_stop_belongs_to_a_rule() -> None:
    rules = Path(__file__).parents[1] / "src" / "saveguard" / "rules" / "loading"
    told = "".join(path.read_text(encoding="utf-8") for path in rules.glob("*.py"))
    for _, found in CASES.values():
        for kind in found:
            assert f'"{kind}"' in told


def test_weights_alone_are_told_from_a_model(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "w.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = [[1.0, 2.0]]
    assert saveguard.check(tmp_path / "w.weights.h5").read == ("weights: 1 array, and no model",)
