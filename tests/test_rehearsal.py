"""A model checked before it is trained: what is found, where, and that it is left as it was."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from rehearsed import LAYERS, X, Y, compiled

import saveguard
from saveguard.rules.examples import user_module

pytestmark = pytest.mark.backend
FRAMEWORKS = ("tensorflow", "jax", "jaxlib", "torch")


def described(value: Any, path: str = "model", depth: int = 7) -> Iterator[tuple[str, Any]]:
    """Every object that hangs on a model, by its path: which one it is, and what it holds."""
    if isinstance(value, keras.Variable):
        yield path, (id(value), keras.ops.convert_to_numpy(value).tobytes())
    elif value is None or isinstance(value, (bool, int, float, str)):
        yield path, value
    elif depth and isinstance(value, dict):
        yield path, list(map(str, value))
        for key, part in list(value.items()):
            yield from described(part, f"{path}[{key!r}]", depth - 1)
    elif depth and isinstance(value, (list, tuple)):
        yield path, len(value)
        for index, part in enumerate(value):
            yield from described(part, f"{path}[{index}]", depth - 1)
    elif depth and hasattr(value, "__dict__") and not _is_foreign(value):
        yield path, id(value)
        yield from described(vars(value), path, depth - 1)


def _is_foreign(value: Any) -> bool:
    return type(value).__module__.split(".")[0] in FRAMEWORKS or (
        callable(value)
        and not isinstance(value, (keras.layers.Layer, keras.losses.Loss, keras.metrics.Metric))
    )


def drawn() -> tuple[Any, ...]:
    """What each generator gives next, and what Keras calls the next layer."""
    numbers = random.random(), np.random.uniform(), float(keras.random.uniform(()))
    return (*numbers, keras.layers.Dense(1).name, keras.Sequential().name, keras.Input((1,)).name)


@keras.saving.register_keras_serializable("test_preflight")
class Pair(keras.Model):  # type: ignore[misc]
    """Has no weights until it is called, and counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.layers.Dense(3)
        self.parts = {"a": [keras.layers.Dense(2), keras.layers.Dropout(0.5)]}
        self.calls = 0

    def call(self, inputs: Any, training: bool = False) -> Any:
        self.calls += 1
        hidden = self.inner(inputs)
        for layer in self.parts["a"]:
            hidden = layer(hidden)
        return hidden


def pair() -> Any:
    made = Pair()
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def trained() -> Any:
    made = compiled(
        keras.layers.Dense(6),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5),
        keras.layers.GaussianNoise(0.1),
        keras.layers.Dense(2, trainable=False),
    )
    made.fit(X, Y, verbose=0)
    return made


MODELS = {
    "fresh": lambda: compiled(keras.layers.Dense(2)),
    "unbuilt": lambda: compiled(keras.layers.Dense(3), keras.layers.Dense(2), inputs=False),
    "subclassed, unbuilt": pair,
    "trained": trained,
}


@pytest.mark.parametrize("name", MODELS)
def test_the_model_is_left_as_it_was_found(name: str) -> None:
    made = MODELS[name]()
    keras.utils.set_random_seed(5)
    names = drawn()
    keras.utils.set_random_seed(5)
    before = dict(described(made))
    report = saveguard.check(made, (X[:4], Y[:4]))
    after = dict(described(made))
    assert {key: after.get(key) for key in before} == before
    assert after.keys() == before.keys()
    now = drawn()
    assert now[:3] == names[:3]
    assert [_number(one) for one in now[3:]] == [_number(one) + 1 for one in names[3:]]
    assert any(told.startswith("its file will have ") for told in report.read)


def _number(name: str) -> int:
    last = name.rpartition("_")[2]
    return int(last) if last.isdigit() else 0


def test_it_says_when_it_had_to_build_the_model() -> None:
    report = saveguard.check(pair(), X[:2])
    assert "it was not built: built from the example, and unbuilt again" in report.read


def test_a_model_that_cannot_be_built_without_an_example_says_so() -> None:
    assert "SG401" in saveguard.check(pair()).codes


def test_nothing_is_written_where_the_model_will_be_saved(tmp_path: Path) -> None:
    report = saveguard.check(compiled(keras.layers.Dense(2)), X[:2], path=tmp_path / "m.h5")
    assert os.listdir(tmp_path) == []
    assert not report.certain
    assert str(tmp_path) in " ".join(one.where for one in report.findings)  # SG413, of .h5


def test_what_is_no_model_is_told() -> None:
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.check(42)
    assert caught.value.codes == ("SG708",)


@pytest.mark.parametrize(
    ("name", "code", "tells"),
    [
        ("Table", "SG208", "is not given back by its own configuration: TypeError: 1."),
        ("Limited", "SG410", "is the first layer that takes the same and gives something else by"),
        ("Strict", "SG208", "raises when it is called: RuntimeError: "),
    ],
)
def test_what_differs_is_traced_to_its_layer(
    tmp_path: Path, name: str, code: str, tells: str
) -> None:
    layers = user_module(tmp_path, LAYERS)
    layers.LIMIT[0] = 2.0
    part = layers.Table({1: 2.0}) if name == "Table" else getattr(layers, name)()
    made = compiled(keras.layers.Dense(4), part, keras.layers.Dense(2))
    found = next(one for one in saveguard.check(made, X[:2]).findings if one.code == code)
    assert found.where == "model.layers[1]"
    assert f"model.layers[1] (`{name}`) {tells}" in found.why


def test_a_layer_that_does_not_take_its_arrays_is_named(tmp_path: Path) -> None:
    layers = user_module(tmp_path, LAYERS)
    findings = saveguard.check(compiled(layers.Takes(), keras.layers.Dense(2)), X[:2]).findings
    assert {one.where for one in findings} == {"model.layers[0]"}
    assert "model.layers[0] (`Takes`): KeyError: 'gone'" in findings[0].evidence


def test_a_layer_that_raises_is_named() -> None:
    @keras.saving.register_keras_serializable("test_preflight")
    class Raises(keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            raise ZeroDivisionError("no rows")

    made = keras.Sequential([keras.layers.Dense(4), Raises()])
    found = saveguard.check(made, X[:2]).findings[0]
    assert (found.code, found.where) == ("SG451", "model.layers[1]")
    assert any("no rows" in line for line in found.evidence)


def test_fresh_weights_that_are_alike_are_told_apart(tmp_path: Path) -> None:
    layers = user_module(
        tmp_path,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Swaps(keras.layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.a = self.add_weight(shape=(4,), initializer='zeros', name='a')\n"
        "        self.b = self.add_weight(shape=(4,), initializer='zeros', name='b')\n"
        "    def call(self, inputs):\n"
        "        return inputs * self.a + self.b\n"
        "    def load_own_variables(self, store):\n"
        "        self.a.assign(store['1'])\n"
        "        self.b.assign(store['0'])\n",
    )
    report = saveguard.check(compiled(layers.Swaps(), keras.layers.Dense(2)), X[:2])
    assert "SG405" in report.codes


def test_two_variables_of_one_name_are_told_where_the_format_has_no_room_for_both() -> None:
    class Twice(keras.layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.a = self.add_weight(shape=(4,), name="same")
            self.b = self.add_weight(shape=(4,), name="same")

        def call(self, inputs: Any) -> Any:
            return inputs * self.a + self.b

    made = keras.Sequential([keras.Input((4,)), Twice(name="twice")])
    told = {one.where for one in saveguard.check(made, X[:2], path="m.h5").findings}
    assert any(where.endswith("twice/same") for where in told)
    assert "SG244" not in saveguard.check(made, X[:2]).codes


def test_a_configuration_that_no_save_asks_for_is_not_told(tmp_path: Path) -> None:
    module = user_module(
        tmp_path,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Part(keras.layers.Layer):\n"
        "    def call(self, inputs):\n"
        "        return inputs * 2.0\n"
        "    def get_config(self):\n"
        "        return {**super().get_config(), 'scale': self.missing}\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Backbone(keras.Model):\n"
        "    def __init__(self, units=2, **kwargs):\n"
        "        inputs = keras.Input((4,))\n"
        "        super().__init__(inputs, keras.layers.Dense(units)(Part()(inputs)), **kwargs)\n"
        "        self.units = units\n"
        "    def get_config(self):\n"
        "        return {'name': self.name, 'units': self.units}\n"
        "    @classmethod\n"
        "    def from_config(cls, config):\n"
        "        return cls(**config)\n",
    )
    report = saveguard.check(module.Backbone(3), X)
    assert (report.ok, report.findings) == (True, ())
    told = saveguard.check(keras.Sequential([keras.Input((4,)), module.Part()]), X)
    assert "SG205" in told.codes
