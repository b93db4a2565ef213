"""The objects of a SavedModel, with what each is called and where its values lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from saveguard.archive import objects
from saveguard.archive.read import read
from saveguard.migration import savedmodel

FOLDER = Path(__file__).parents[2] / "shared" / "legacy-models"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the old files are not here")


def test_the_model_holds_its_layers_and_they_their_variables() -> None:
    saved = objects.read(str(FOLDER / "m000"))
    model = saved[0]
    lstm = saved[model.children["layer_with_weights-0"]]
    assert (model.told["class_name"], lstm.told["name"]) == ("Sequential", "lstm")
    listed = saved[lstm.children["variables"]].children
    first = saved[listed["0"]]
    assert first.variable == "lstm/lstm_cell/kernel"
    assert first.key == "variables/0/.ATTRIBUTES/VARIABLE_VALUE"


@pytest.mark.parametrize("name", ["m000", "m002", "m108", "m318"])
def test_every_weight_belongs_to_a_layer_once(name: str) -> None:
    facts = read(FOLDER / name)
    source = savedmodel.source(facts)
    held = [(one.source, one.offset) for arrays in source.arrays.values() for one in arrays]
    assert len(held) == len(set(held))
    weights = {(one.source, one.offset) for one in facts.arrays if one.role == "weight"}
    assert set(held) == weights
    assert len(savedmodel.variables(facts)) == len(held)


def test_what_each_layer_lists_comes_in_the_order_of_an_h5() -> None:
    source = savedmodel.source(read(FOLDER / "m108"))
    assert [one.path.rpartition("/")[2] for one in source.arrays["batch_normalization"]] == [
        "gamma:0",
        "beta:0",
        "moving_mean:0",
        "moving_variance:0",
    ]
    assert source.keras == "2.4.0" and source.training is not None
