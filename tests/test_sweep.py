"""The sweep of Keras's own layers, on a handful of configurations."""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools" / "sweep"))
import page
import planting
from building import build
from configuration import Configuration
from sweep import Outcome, Plant, sweep

import saveguard


@keras.saving.register_keras_serializable(package="tests")
class AlwaysNoisy(keras.layers.Layer):
    """Adds noise when the model predicts, too."""

    def __init__(self, **rest: object) -> None:
        super().__init__(**rest)
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, inputs: object) -> object:
        """The inputs, with noise that differs at every call."""
        return inputs + keras.random.uniform(keras.ops.shape(inputs), seed=self.seeds)


CONFIGURATIONS = {
    "Dense": (keras.layers.Dense, {"units": 3, "activation": "tanh"}, (2, 4)),
    "LSTM": (keras.layers.LSTM, {"units": 3, "return_sequences": True}, (2, 5, 4)),
    "TimeDistributed": (keras.layers.TimeDistributed, {"layer": keras.layers.Dense(2)}, (2, 5, 4)),
    "Normalization": (keras.layers.Normalization, {"mean": 1.5, "variance": 4.0}, (2, 4)),
    "LayerNormalization": (keras.layers.LayerNormalization, {}, (2, 4)),
    "Discretization": (
        keras.layers.Discretization,
        {"bin_boundaries": [0.5, 1.5], "output_mode": "one_hot", "dtype": "mixed_float16"},
        (2, 1),
    ),
    "AlwaysNoisy": (AlwaysNoisy, {}, (2, 4)),
    "Permute": (keras.layers.Permute, {"dims": (2, 3)}, (2, 4, 4)),
}


def configuration(kind: str) -> Configuration:
    layer, arguments, shape = CONFIGURATIONS[kind]
    return Configuration(
        name=f"a test of {kind}",
        kind=kind,
        make=lambda: layer(**arguments),
        arguments=arguments,
        inputs={"input_shape": shape},
    )


@pytest.mark.parametrize("kind", ["Dense", "LSTM", "TimeDistributed", "Normalization"])
def test_a_layer_comes_back_and_what_is_planted_is_noticed(kind: str, tmp_path: Path) -> None:
    outcome = sweep(configuration(kind), tmp_path)
    assert (outcome.verdict, outcome.reported, outcome.true) == ("comes back", (), ())
    assert outcome.plants
    assert all(plant.caught for plant in outcome.plants)


def test_a_dropped_argument_is_a_true_finding(tmp_path: Path) -> None:
    outcome = sweep(configuration("Discretization"), tmp_path)
    assert outcome.verdict == "true finding"
    assert outcome.reported[0].startswith("SG406: `dtype` of the layer `Discretization`")
    assert "it computes in float32, and did in float16" in outcome.true


def test_random_outputs_are_not_compared(tmp_path: Path) -> None:
    assert sweep(configuration("AlwaysNoisy"), tmp_path).verdict == "not comparable"


def test_what_keras_refuses_is_not_built(tmp_path: Path) -> None:
    outcome = sweep(configuration("Permute"), tmp_path)
    assert outcome.verdict == "not built"
    assert outcome.true[0].startswith("ValueError: Invalid permutation argument `dims`")


@pytest.mark.parametrize("plant", [planting.change_value, planting.swap_arrays])
def test_a_planted_difference_passes_the_checksums_and_fails_the_proof(
    plant: planting.Planter, tmp_path: Path
) -> None:
    subject = build(configuration("LayerNormalization"))
    path, planted = tmp_path / "m.keras", tmp_path / "planted.keras"
    saveguard.save(subject.model, path, example=subject.example)
    assert plant(path, planted, 1)
    assert saveguard.verify(planted).codes[0] == "SG405"


def test_the_page_counts_and_names_what_went_wrong() -> None:
    plants = (
        Plant("one bit of a", True),
        Plant("one bit of b", False),
    )
    found = [
        Outcome(name="one", kind="Dense", verdict="comes back", plants=plants),
        Outcome(name="two", kind="Dense", verdict="missed", true=("units comes back as 2",)),
        Outcome(name="three", kind="Add", verdict="false alarm", reported=("SG406: it differs",)),
    ]
    text = page.text(found, "Keras 3.15.1 on tensorflow")
    assert page.wrong(found)
    assert not page.wrong([Outcome(name="four", kind="Dense", verdict="true finding")])
    assert "| `Dense` | 2 | 1 |  |  |  |  |  | 1 | 1 of 2 |" in text
    assert "- `Dense`, one: one bit of b\n" in text
    assert "- `Dense`, two\n  - units comes back as 2\n" in text
    assert "- `Add`, three\n  - SG406: it differs\n" in text
