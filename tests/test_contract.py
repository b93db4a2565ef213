"""Contracts: read from models and examples, printed as a line, kept as JSON."""

from __future__ import annotations

import keras
import models
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saveguard.contract import Axis, Contract, Input
from saveguard.model import contract as contracts
from saveguard.model import example as examples

pytestmark = pytest.mark.backend

axes = st.builds(
    Axis,
    name=st.sampled_from(["", "batch", "time"]),
    size=st.none() | st.integers(0, 9),
    maximum=st.none() | st.integers(0, 9),
)
inputs = st.builds(
    Input,
    name=st.text(max_size=5),
    axes=st.none() | st.lists(axes, max_size=4).map(tuple),
    dtype=st.sampled_from(["float32", "int32", "string"]),
    pad=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    pad_source=st.text(max_size=5),
)


@given(st.builds(Contract, inputs=st.lists(inputs, max_size=3).map(tuple)))
def test_json_round_trip(contract: Contract) -> None:
    assert Contract.from_json(contract.to_json()) == contract


def test_what_is_no_contract_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="inputs"):
        Contract.from_json("{}")


def test_a_sequential_model_s_line() -> None:
    model = keras.Sequential(
        [keras.Input((None, 12), name="steps"), keras.layers.Masking(-1.0), keras.layers.GRU(3)]
    )
    contract = contracts.read(model)
    assert str(contract).startswith("steps: float32[batch, any, 12] pad=-1 mask=masking")
    assert contract.inputs[0].pad_source.endswith("(Masking)")
    assert str(contract).endswith("(Masking)")


def test_a_dictionary_of_inputs_keeps_its_structure() -> None:
    model, _ = models.functional()
    contract = contracts.read(model)
    assert contract.structure == {"left": 0, "right": 1}
    assert [described.name for described in contract.inputs] == ["left", "right"]


def test_an_embedding_that_masks_zero_gives_the_padding_value() -> None:
    model, _ = models.recurrent()
    assert str(contracts.read(model).inputs[0]).startswith(
        "x: int32[batch, any] vocabulary=20 pad=0 mask=embedding"
    )


def test_a_subclassed_model_s_contract_comes_from_the_example() -> None:
    model, example = models.subclassed()
    assert contracts.read(model) is None
    contract = contracts.read(model, example)
    assert contract.source == "example"
    assert str(contract) == "{left: float32[batch, 4]; right: float32[batch, 4]}"


@pytest.mark.parametrize("style", sorted(models.STYLES))
def test_a_made_example_fits_its_contract(style: str) -> None:
    model, example = models.STYLES[style]()
    contract = contracts.read(model, example)
    made = examples.make(contract)
    facts = examples.read(made.inputs, contract)
    assert facts.structure == facts.expected
    for leaf, described in zip(facts.leaves, contract.inputs, strict=True):
        assert len(leaf.shape) == described.rank
    model(made.inputs)
