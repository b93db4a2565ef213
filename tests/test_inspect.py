"""`saveguard inspect`: what a saved model is, told without a framework."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import savedmodels as write
from keras import layers

import saveguard
from saveguard.examine import arithmetic
from saveguard.examine.inspect import of
from saveguard.examine.inspection import Inspection
from saveguard.facts import ArchiveFacts

LEGACY = Path(__file__).parents[2] / "shared" / "legacy-models"
CONFIG = {"class_name": "Sequential", "config": {"name": "mod\u00e8le", "layers": []}}


def nested() -> Any:
    inner = keras.Sequential(
        [keras.Input((4, 4, 3)), layers.Conv2D(5, 3, padding="same"), layers.Flatten()],
        name="inner",
    )
    image, words = keras.Input((8, 8, 3), name="image"), keras.Input((None,), name="words")
    seen = inner(layers.MaxPooling2D()(image))
    told = layers.Bidirectional(layers.LSTM(2), name="told")(layers.Embedding(7, 6)(words))
    joined = layers.BatchNormalization(name="normal")(layers.Concatenate()([seen, told]))
    end = layers.Dense(2, name="end", trainable=False)
    return keras.Model([image, words], end(joined), name="whole")


@pytest.fixture(scope="module", params=[".keras", ".h5"])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    model = nested()
    path = tmp_path_factory.mktemp("inspect") / f"m{request.param}"
    model.save(path)
    return model, path


def test_layers_with_their_shapes_and_parameters(saved: Any) -> None:
    model, path = saved
    rows = saveguard.inspect(path).layers
    told = {row.name: (row.outputs, row.parameters) for row in rows if row.depth == 0}
    assert told == {
        layer.name: ((tuple(layer.output.shape),), layer.count_params()) for layer in model.layers
    }
    inner = {row.name: row.outputs for row in rows if row.depth == 1}
    expected = {one.name: ((tuple(one.output.shape)),) for one in model.get_layer("inner")._layers}
    assert inner == expected
    assert {row.name: row.trainable for row in rows}["end"] is False


def test_the_text(saved: Any) -> None:
    _, path = saved
    text = str(saveguard.inspect(path))
    head, *lines = text.splitlines()
    assert head.startswith(f"{path}: {'.keras archive' if path.suffix == '.keras' else 'legacy'}")
    assert lines[0] == "model     Functional 'whole'"
    told = "inputs    image: float32[batch, 8, 8, 3]; words: float32[batch, any]"
    assert any(line.startswith(told) for line in lines)
    (row,) = (line for line in lines if line.startswith("normal"))
    assert row.split() == ["normal", "BatchNormalization", "[batch,", "84]", "336", "float32"]
    (row,) = (line for line in lines if line.startswith("end"))
    assert row.endswith("float32 frozen")


def test_json_has_a_schema_version(saved: Any) -> None:
    model, path = saved
    told = json.loads(saveguard.inspect(path).to_json())
    assert told["schema_version"] == 1
    assert told["totals"]["weight"]["parameters"] == model.count_params()
    assert told["totals"]["weight"]["bytes"] == 4 * model.count_params()
    assert told["model"] == ["Functional", "whole"]


@pytest.mark.parametrize(
    "class_name, config, taken, put_out",
    [
        (
            "Conv1D",
            {"kernel_size": [3], "filters": 4, "padding": "causal"},
            (None, 9, 2),
            (None, 9, 4),
        ),
        (
            "Conv2D",
            {"kernel_size": 3, "filters": 4, "strides": 2, "data_format": "channels_first"},
            (None, 3, 9, None),
            (None, 4, 4, None),
        ),
        (
            "Conv2DTranspose",
            {"kernel_size": 3, "filters": 4, "strides": 2},
            (1, 4, 4, 2),
            (1, 9, 9, 4),
        ),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, (1, 5, 5, 3), (1, 3, 3, 6)),
        ("AveragePooling1D", {"pool_size": [2], "strides": None}, (None, 7, 3), (None, 3, 3)),
        ("GlobalMaxPooling2D", {"keepdims": True}, (None, 7, 7, 3), (None, 1, 1, 3)),
        ("GlobalAveragePooling1D", {"data_format": "channels_first"}, (None, 7, 3), (None, 7)),
        ("ZeroPadding2D", {"padding": [[1, 2], [0, 3]]}, (None, 4, 4, 1), (None, 7, 7, 1)),
        ("ZeroPadding1D", {"padding": [1, 2]}, (None, 4, 1), (None, 7, 1)),
        ("Cropping1D", {"cropping": 1}, (None, 4, 1), (None, 2, 1)),
        ("UpSampling2D", {"size": [2, 3]}, (None, 4, 4, 1), (None, 8, 12, 1)),
        ("Reshape", {"target_shape": [-1, 2]}, (None, 4, 3), (None, 6, 2)),
        ("Reshape", {"target_shape": [-1, 2]}, (None, None, 3), (None, None, 2)),
        (
            "Permute",
            {"dims": {"class_name": "__tuple__", "items": [2, 1]}},
            (None, 4, 3),
            (None, 3, 4),
        ),
        ("RepeatVector", {"n": 5}, (None, 3), (None, 5, 3)),
        ("GRU", {"units": 5, "return_sequences": True}, (None, 9, 3), (None, 9, 5)),
        ("LSTM", {"units": 5, "return_state": True}, (None, 9, 3), None),
        (
            "TimeDistributed",
            {"layer": {"class_name": "Dense", "config": {"units": 2}}},
            (None, 9, 3),
            (None, 9, 2),
        ),
        ("Dense", {}, (None, 3), None),
        ("OwnLayer", {"units": 3}, (None, 3), None),
        ("MaxPooling2D", {"pool_size": 0}, (None, 4, 4, 1), None),
    ],
)
def test_arithmetic_of_layers(class_name: str, config: Any, taken: Any, put_out: Any) -> None:
    layer = {"class_name": class_name, "config": config}
    assert arithmetic.output(layer, [taken]) == put_out


def test_keras_computes_the_same(tmp_path: Path) -> None:
    for layer, shape in [
        (layers.Conv1D(4, 3, padding="causal"), (None, 9, 2)),
        (layers.Conv2DTranspose(4, 3, strides=2), (1, 4, 4, 2)),
        (layers.SeparableConv2D(4, 3, strides=2, padding="same"), (1, 9, 8, 2)),
        (layers.AveragePooling2D(3, 2, padding="same"), (1, 9, 8, 2)),
        (layers.ZeroPadding2D(((1, 2), (0, 3))), (None, 4, 4, 1)),
        (layers.Bidirectional(layers.GRU(3, return_sequences=True)), (None, 5, 2)),
        (layers.TimeDistributed(layers.Conv2D(2, 3)), (None, 5, 8, 8, 2)),
    ]:
        raw = keras.saving.serialize_keras_object(layer)
        told = arithmetic.output(raw, [shape])
        assert told == tuple(layer.compute_output_shape(shape)), type(layer).__name__


def test_a_model_without_layers_lists_its_arrays(tmp_path: Path) -> None:
    arrays = {f"w{number:02}": np.zeros((number, 2), "f4") for number in range(50)}
    folder = write.write(tmp_path / "m", write.saved_model(), arrays)
    found = saveguard.inspect(folder)
    assert "w02    [2, 2]   float32  weight" in found.text()
    assert "... and 10 more; --arrays lists them all" in found.text()
    assert "... and" not in found.text(arrays=True)
    assert "weights   2,450 numbers, 9.8 kB (float32)" in str(found)


def test_a_receipt_is_told(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    saveguard.save(model, tmp_path / "m.keras", prove=False)
    found = saveguard.inspect(tmp_path / "m.keras")
    assert found.receipt["verdict"] == "not proven" and "keras" in found.receipt
    assert "receipt   verdict not proven, created 20" in str(found)
    assert not [row for row in found.arrays if row.role == "golden"]


def test_names_steer_no_terminal() -> None:
    found = Inspection(path="m\x1b[2J", model=("A", "b\x9b31m"), not_read=("x\x07",))
    assert str(found).isprintable() or not {"\x1b", "\x9b", "\x07"} & set(str(found))


@pytest.mark.parametrize(
    "name, rows, told",
    [
        ("m108", 33, ("conv2d", ((None, 25, 5, 64),), 2624)),
        ("m249.h5", 4, ("lstm", ((None, 128),), 82432)),
        ("m316.h5", 10, ("reg_property_output", ((None, 3),), 198)),
        ("m359.keras", 8, ("bidirectional", ((None, None, 16),), 3552)),
    ],
)
def test_real_ones(name: str, rows: int, told: Any) -> None:
    if not LEGACY.is_dir():
        pytest.skip("the collection of old models is not here")
    found = saveguard.inspect(LEGACY / name)
    assert len(found.layers) == rows
    assert told in [(row.name, row.outputs, row.parameters) for row in found.layers]


@pytest.mark.parametrize("receipt", ["", "{", "[]", "null", '{"proof": 3, "environment": []}'])
def test_a_receipt_that_is_none_stops_nothing(receipt: str) -> None:
    facts = ArchiveFacts(path="m.h5", layout="h5", receipt=receipt)
    assert set(of(facts).receipt) <= {"verdict"}
