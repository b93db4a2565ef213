"""A model tells its configuration faster, and tells the same."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest
from keras import layers
from keras.src.models import functional
from keras.src.saving import saving_lib, serialization_lib
from written import MODELS

import saveguard
from saveguard.persist import telling, walking
from saveguard.persist.exchange import Exchange

pytestmark = pytest.mark.backend


@pytest.mark.parametrize("name", MODELS)
def test_every_model_tells_the_same(name: str) -> None:
    model = MODELS[name]()
    assert telling.told(model)[0] == saving_lib._serialize_model_as_json(model)[0]


def _odd() -> Any:
    """Shared layers and initializers, tensors, arrays and slices within one configuration."""
    start = keras.initializers.RandomNormal(seed=1)
    shared = layers.Dense(4, kernel_initializer=start, bias_initializer=start)
    inputs = keras.Input((4,))
    once = shared(inputs)
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, kernel_initializer=start)])
    scaled = layers.Normalization(mean=np.array([1.0, 2, 3, 4]), variance=np.ones(4))(once)
    again = shared(inner(scaled)) + keras.ops.ones((4,))
    return keras.Model(inputs, keras.ops.concatenate([again[:, 1:3], again[..., :1]], axis=-1))


def test_shared_and_odd_parts_are_told_the_same() -> None:
    model = _odd()
    model.compile("adam", keras.losses.Huber(0.7), metrics=["mae", keras.metrics.MeanIoU(2)])
    ours = telling.told(model)[0]
    assert "shared_object_id" in ours and "__slice__" in ours and "__ellipsis__" in ours
    assert ours == saving_lib._serialize_model_as_json(model)[0]


def test_what_cannot_be_told_raises_as_keras_does() -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    model.layers[0].kernel_initializer = object()
    with pytest.raises(TypeError, match="Cannot serialize object") as theirs:
        saving_lib._serialize_model_as_json(model)
    with pytest.raises(TypeError) as ours:
        telling.told(model)
    assert str(ours.value) == str(theirs.value)


def test_keras_is_as_it_was() -> None:
    before = (saving_lib.serialize_keras_object, serialization_lib.backend, functional.copy)
    with telling.faster():
        assert serialization_lib.backend is not before[1]
    after = (saving_lib.serialize_keras_object, serialization_lib.backend, functional.copy)
    assert before == after


def test_an_exchange_ends_with_its_last_user() -> None:
    holder, first, second = mock.Mock(value=1), threading.Event(), threading.Event()

    def other() -> None:
        with exchange():
            first.set()
            second.wait(10)

    exchange = Exchange(lambda: mock.patch.object(holder, "value", 2))
    thread = threading.Thread(target=other)
    with exchange():
        thread.start()
        assert first.wait(10)
    assert holder.value == 2, "the other thread still needs it"
    second.set()
    thread.join(10)
    assert holder.value == 1


def test_a_save_asks_for_the_configuration_once(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    given = layers.Dense.get_config
    with mock.patch.object(layers.Dense, "get_config", autospec=True, side_effect=given) as asked:
        saveguard.save(model, tmp_path / "m.keras", prove=False)
    assert asked.call_count == 1


class Held(layers.Layer):
    """Holds a layer deep in containers, and containers that hold nothing."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.inner = {"a": [{"b": (layers.Dense(2), 1)}], "c": [["text"], {}]}
        self.itself: list[Any] = [1]
        self.itself.append(self.itself)

    def build(self, shape: Any) -> None:
        self.inner["a"][0]["b"][0].build(shape)

    def call(self, inputs: Any) -> Any:
        return self.inner["a"][0]["b"][0](inputs)


def test_the_walk_goes_where_keras_goes() -> None:
    layer = Held()
    layer.build((None, 2))
    plain = {name for name, child in saving_lib._walk_saveable(layer) if _is_stored(child)}
    with walking.walking_faster():
        ours = {name for name, _ in saving_lib._walk_saveable(layer)}
    assert "inner" in ours and ours >= plain and "itself" in ours
    assert "dtype" not in ours


def _is_stored(child: Any) -> bool:
    from keras.src.saving.keras_saveable import KerasSaveable

    return isinstance(child, KerasSaveable)


@keras.saving.register_keras_serializable("told")
class Hands(layers.Layer):
    """Puts objects into its configuration, for Keras to tell."""

    def __init__(self, held: Any, **named: Any) -> None:
        super().__init__(**named)
        self.held = held

    def call(self, inputs: Any) -> Any:
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "held": self.held}


@keras.saving.register_keras_serializable("told")
class Changes(keras.Model):
    """Puts an object into what Keras has told of its layers."""

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config["layers"][-1]["config"]["name"] = keras.initializers.Ones()
        return config


def test_what_is_shared_over_models_is_told_the_same() -> None:
    start, loss = keras.initializers.RandomNormal(seed=1), keras.losses.Huber(0.3)
    shared, hands = layers.Dense(3, kernel_initializer=start), Hands(layers.Dropout(0.5))
    inner = keras.Sequential([keras.Input((3,)), shared, hands, Hands([start, loss])])
    deeper = keras.Sequential([keras.Input((3,)), inner, Hands({"a": (start, hands.held)})])
    inputs = keras.Input((3,))
    twice = layers.TimeDistributed(deeper)(layers.RepeatVector(2)(inputs))
    once = shared(Hands(hands.held)(inner(layers.Flatten()(twice)[:, :3])))
    model = keras.Model(inputs, Hands(loss)(hands(once)))
    model.compile(keras.optimizers.Adam(0.1), loss)
    ours = telling.told(model)[0]
    assert ours.count("shared_object_id") > 3
    assert ours == saving_lib._serialize_model_as_json(model)[0]


def test_what_a_model_changes_in_what_keras_told_is_told() -> None:
    inputs = keras.Input((3,))
    changes = Changes(inputs, layers.Dense(2)(inputs))
    model = keras.Sequential([keras.Input((3,)), changes, layers.Dense(1)])
    ours = telling.told(model)[0]
    assert '"Ones"' in ours
    assert ours == saving_lib._serialize_model_as_json(model)[0]


_ON_JAX = """
import sys, keras, saveguard
from saveguard.persist import telling
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
saveguard.save(model, sys.argv[1], prove=False)
telling.traits_of(model)
saveguard.load(sys.argv[1])
assert keras.backend.backend() == "jax"
print("tensorflow" in sys.modules)
"""


def test_tensorflow_is_not_imported_for_another_backend(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    command = [sys.executable, "-c", _ON_JAX, str(tmp_path / "m.keras")]
    there = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run(command, env=there, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False"]


def test_what_is_of_tensorflow_is_told_once_it_was_imported() -> None:
    tensorflow = pytest.importorskip("tensorflow")
    with telling.faster():
        told = serialization_lib.serialize_keras_object(tensorflow.TensorShape([None, 3]))
    assert told == serialization_lib.serialize_keras_object(tensorflow.TensorShape([None, 3]))
    assert told == [None, 3]
