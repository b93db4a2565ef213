"""The contract that a file tells, against the one that the live model tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import models
import numpy as np
import pytest
import savedmodels as write
from keras import layers

import saveguard
from saveguard.archive import nodes, savedmodel
from saveguard.archive.contract import contract
from saveguard.contract import Axis, Contract, Input
from saveguard.facts import ArchiveFacts
from saveguard.model import contract as live


def sequential() -> Any:
    return keras.Sequential([keras.Input((None, 12)), layers.Masking(-1.0), layers.GRU(3)])


def named() -> Any:
    return keras.Sequential([keras.Input((4,), name="rows", dtype="int32"), layers.Dense(3)])


def embedding() -> Any:
    ids, extra = keras.Input((5,), name="ids", dtype="int32"), keras.Input((2,))
    found = layers.Embedding(9, 4, mask_zero=True)(ids)
    return keras.Model([ids, extra], layers.Concatenate()([layers.LSTM(3)(found), extra]))


def nested() -> Any:
    parts = {"b": keras.Input((3,)), "a": (keras.Input((3,), batch_size=2), keras.Input((3,)))}
    flat = [parts["b"], *parts["a"]]
    return keras.Model([parts["b"], list(parts["a"])], layers.Dense(1)(layers.Add()(flat)))


def of_a_model() -> Any:
    inner = keras.Sequential([keras.Input((8,), dtype="float16"), layers.Dense(3)])
    return keras.Sequential([inner, layers.Dense(2)])


def alone_in_a_dictionary() -> Any:
    one = keras.Input((3,), name="one")
    return keras.Model({"one": one}, layers.Dense(1)(one))


def mixed() -> Any:
    one = keras.Input((3,))
    return keras.Model(one, layers.Dense(1, dtype="mixed_float16")(one))


def behind_other_layers() -> Any:
    """Masking and an Embedding that other layers, and models within the model, stand before."""
    series, ids = keras.Input((20,), name="series"), keras.Input((5,), name="ids", optional=True)
    steps = layers.Masking(-3.0)(layers.Reshape((20, 1))(layers.Dropout(0.1)(series)))
    inner = keras.Sequential([keras.Input((5,)), layers.Identity(), layers.Embedding(50, 4)])
    both = keras.Input((5,))
    outer = keras.Model(both, layers.Flatten()(inner(both)))
    smaller = layers.TimeDistributed(layers.Embedding(40, 2))(layers.Reshape((5, 1))(ids))
    found = [layers.LSTM(2)(steps), outer(ids), layers.Flatten()(smaller)]
    return keras.Model({"series": series, "ids": ids}, layers.Concatenate()(found))


def images() -> Any:
    large = keras.Input((8, 8, 3), name="large", dtype="uint8")
    centred, small = keras.Input((8, 8, 3), name="centred"), keras.Input((8, 8, 3), name="small")
    found = [
        layers.Rescaling(1 / 255)(large),
        layers.Rescaling(1 / 127.5, offset=-1)(centred),
        layers.Normalization(mean=[0.48, 0.45, 0.4], variance=[0.05, 0.05, 0.05])(small),
    ]
    return keras.Model([large, centred, small], layers.Add()(found))


MODELS: list[Callable[[], Any]] = [
    sequential,
    named,
    embedding,
    nested,
    of_a_model,
    alone_in_a_dictionary,
    mixed,
    behind_other_layers,
    images,
    lambda: models.functional()[0],
]


@pytest.mark.parametrize("build", MODELS)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_file_tells_what_its_model_tells(
    build: Callable[[], Any], suffix: str, tmp_path: Path
) -> None:
    model, path = build(), tmp_path / f"model{suffix}"
    model.save(path)
    assert contract(read_documents(path)) == live.read(model)


def test_what_layers_behind_others_tell() -> None:
    inputs = {one.name: one for one in live.read(behind_other_layers()).inputs}
    assert inputs["series"].pad == -3.0 and "(Masking)" in inputs["series"].pad_source
    assert inputs["ids"].vocabulary == 40 and inputs["ids"].optional
    ranges = [(one.name, one.minimum, one.maximum) for one in live.read(images()).inputs]
    assert ranges == [("large", 0, 255), ("centred", 0, 255), ("small", 0, 1)]


def read_documents(path: Path) -> ArchiveFacts:
    """The configuration alone, so that these tests need no other reader than the standard's."""
    import json
    import zipfile

    import h5py

    if path.suffix == ".keras":
        name, text = "config.json", zipfile.ZipFile(path).read("config.json")
    else:
        name, text = "@model_config", h5py.File(path).attrs["model_config"]
    document = json.loads(text)
    return ArchiveFacts(
        path=str(path), documents={name: document}, nodes=tuple(nodes.walk(document, name))
    )


def test_a_subclassed_model_s_contract_is_in_the_receipt(tmp_path: Path) -> None:
    held = Contract(inputs=(Input("x", (Axis("batch"), Axis(size=3)), "float32"),))
    receipt = f'{{"contract": {held.to_json()}}}'
    assert contract(ArchiveFacts(path="m", receipt=receipt)) == held
    assert contract(ArchiveFacts(path="m", receipt='{"contract": {"inputs": 3}}')) is None
    assert contract(ArchiveFacts(path="m")) is None


DENSE = {"class_name": "Dense", "config": {"name": "d", "units": 2}}
OLD: dict[str, tuple[Any, str]] = {
    "a list of layers (Keras 1)": (
        {
            "class_name": "Sequential",
            "config": [
                {
                    "class_name": "Embedding",
                    "config": {
                        "name": "embedding_1",
                        "batch_input_shape": [None, 80],
                        "input_dtype": "int32",
                        "mask_zero": True,
                    },
                }
            ],
        },
        "embedding_1: int32[batch, 80] pad=0 mask=embedding_1(Embedding)",
    ),
    "references in lists (Keras 2)": (
        {
            "class_name": "Model",
            "config": {
                "layers": [
                    {
                        "class_name": "InputLayer",
                        "config": {"name": "a", "batch_input_shape": [None, None, 4]},
                        "inbound_nodes": [],
                    },
                    {
                        "class_name": "Masking",
                        "config": {"name": "m", "mask_value": -2.0},
                        "inbound_nodes": [[["a", 0, 0, {}]]],
                    },
                ],
                "input_layers": [["a", 0, 0]],
            },
        },
        "a: float32[batch, any, 4] pad=-2 mask=m(Masking)",
    ),
    "a tuple as an object (TensorFlow)": (
        {
            "class_name": "Sequential",
            "config": {
                "layers": [
                    {
                        "class_name": "InputLayer",
                        "config": {
                            "name": "input_1",
                            "batch_input_shape": {"class_name": "__tuple__", "items": [None, 3]},
                            "dtype": {"class_name": "DTypePolicy", "config": {"name": "float64"}},
                        },
                    },
                    DENSE,
                ]
            },
        },
        "x: float64[batch, 3]",
    ),
}


@pytest.mark.parametrize("form", OLD)
def test_old_forms(form: str) -> None:
    document, told = OLD[form]
    facts = ArchiveFacts(path="m", nodes=tuple(nodes.walk(document, "@model_config")))
    assert str(contract(facts)) == told


@pytest.mark.parametrize(
    "document",
    [
        DENSE,
        {"class_name": "Sequential", "config": {"layers": []}},
        {"class_name": "Sequential", "config": {"layers": [DENSE]}},
        {"class_name": "Sequential", "config": "layers"},
        {"class_name": "Functional", "config": {"input_layers": [["x", 0, 0]], "layers": [DENSE]}},
        {"class_name": "Functional", "config": {"input_layers": [[]], "layers": {}}},
        {"class_name": "Functional", "config": {"input_layers": 3}},
    ],
    ids=str,
)
def test_what_does_not_say(document: Any) -> None:
    facts = ArchiveFacts(path="m", nodes=tuple(nodes.walk(document, "config.json")))
    assert contract(facts) is None


def test_the_signature_of_a_savedmodel(tmp_path: Path) -> None:
    inputs = write.part(1, write.tensor("ids", "x:0", write.INT64, None, 3))
    inputs += write.part(1, write.part(1, "any"), write.part(2, write.part(3, write.number(3, 1))))
    signature = write.part(5, write.part(1, "serve"), write.part(2, inputs))
    folder = write.write(tmp_path / "m", write.saved_model(signature), {"w": np.zeros(1, "f4")})
    facts = ArchiveFacts(path=str(folder), **savedmodel.read(str(folder)))
    assert contract(facts) == Contract(
        inputs=(Input("any", None, ""), Input("ids", (Axis("batch"), Axis(size=3)), "int64")),
        structure={"any": 0, "ids": 1},
        source="signature",
    )


def test_the_contract_in_a_receipt_is_the_one_of_the_file(tmp_path: Path) -> None:
    model = embedding()
    receipt = saveguard.save(model, tmp_path / "m.keras", prove=False)
    facts = read_documents(tmp_path / "m.keras")
    assert contract(facts) == receipt.contract == live.read(model)
    assert contract(facts) == live.read(keras.models.load_model(tmp_path / "m.keras"))
