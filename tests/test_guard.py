"""A guard around a model: what surely fits passes at once, what does not never reaches it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import saveguard
from saveguard import Contract, SaveguardError
from saveguard.model import quick

LINES = [
    "x: float32[batch, any]",
    "x: int32[batch, time<=3] vocabulary=5 pad=-1",
    "x: uint8[batch, 2] range=..200",
    "x: float16[...] range=0..1",
    "x: bool[batch]",
    "x: any[batch, 2]",
]
# What a quick look does not look for; none of them stops a call.
QUIET = {"SG604", "SG605", "SG620"}


class Recorder:
    """Stands in for a model, and keeps what reached it."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __call__(self, x: Any, **options: Any) -> Any:
        self.seen.append(x)
        return x

    def fit(self, x: Any = None, y: Any = None, **options: Any) -> Any:
        self.seen += list(x) if hasattr(x, "__next__") else [x]
        return options

    predict = evaluate = train_on_batch = test_on_batch = predict_on_batch = __call__


@given(
    st.sampled_from(LINES),
    st.sampled_from(["f4", "f8", "i4", "i8", "u1", "?", "f2"]).flatmap(
        lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=1, max_dims=3, max_side=3))
    ),
)
def test_what_passes_at_once_has_nothing_certain(line: str, x: Any) -> None:
    contract = Contract.parse(line)
    if quick.compiled(contract)(x):
        assert set(contract.validate(x).codes) <= QUIET


@pytest.mark.parametrize("verb", ["__call__", "predict", "evaluate", "fit", "train_on_batch"])
def test_only_what_fits_reaches_the_model(verb: str) -> None:
    model = Recorder()
    guarded = saveguard.guard(model, Contract.parse("x: int32[batch, 2] vocabulary=9"))
    fitting = np.array([[1, 2]], "i4")
    getattr(guarded, verb)(fitting)
    assert model.seen[-1] is fitting
    for wrong in (np.array([[1, 9]]), np.array([1, 2]), [[1, 2], [3]], 3.0, np.array([[0.5, 1]])):
        with pytest.raises(SaveguardError):
            getattr(guarded, verb)(wrong)
    assert len(model.seen) == 1


def test_structures() -> None:
    fits = quick.compiled(Contract.parse("{a: float32[batch, 2]; b: int32[batch]}"))
    assert fits({"a": np.ones((1, 2), "f4"), "b": np.ones(1, "i4")})
    assert not fits({"a": np.ones((1, 2), "f4"), "c": np.ones(1, "i4")})
    assert not fits([np.ones((1, 2), "f4"), np.ones(1, "i4")])
    assert quick.compiled(Contract.parse("a: bool[b]; c: bool[b]"))([np.ones(1, bool)] * 2)
    assert not quick.compiled(Contract.parse("[a: bool[b]; [c: bool[b]]]"))([np.ones(1, bool)] * 2)


def test_a_generator_is_looked_at_as_it_is_read() -> None:
    model = Recorder()
    guarded = saveguard.guard(model, Contract.parse("x: float32[batch, 2]"))
    batches = [(np.ones((3, 2), "f4"), np.ones(3)), (np.ones((3, 4), "f4"), np.ones(3))]
    guarded.fit(iter(batches[:1]))
    with pytest.raises(SaveguardError, match="SG503"):
        guarded.fit(iter(batches))
    with pytest.raises(SaveguardError, match="SG503"):
        guarded.fit(batches[0][0], validation_data=batches[1])


def test_what_may_hurt_is_a_warning() -> None:
    guarded = saveguard.guard(Recorder(), Contract.parse("x: float32[batch]"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        guarded(np.array([1, np.nan], "f4"))
    assert "SG543" in str(caught[0].message) and caught[0].filename == __file__


def test_everything_else_is_the_model_s_own() -> None:
    model = Recorder()
    guarded = saveguard.guard(model, Contract.parse("x: float32[batch]"))
    assert guarded.seen is model.seen
    with pytest.raises(AttributeError):
        guarded.missing  # noqa: B018  the attribute access is what is tested


def sample(line: str, data: Any) -> None:
    contract = Contract.of(data)
    assert str(contract) == line and contract.source == "example"
    assert contract.validate(data).findings == () or "time" in line


def test_contracts_of_sample_data() -> None:
    sample("x: float32[batch, 3]", np.ones((2, 3), "f4"))
    sample(
        "{a: int16[batch]; b: string[batch]}", {"a": np.ones(2, "i2"), "b": np.array(["u", "v"])}
    )
    sample("x: int32[batch, time]", [[1, 2], [3]])
    sample("x: float64[batch, time, 2]", [[[0.5, 1.0]], [[2.0, 3.0], [4.0, 5.0]]])
    sample("x[0]: bool[batch]; x[1]: bool[batch, 2]", [np.ones(3, bool), np.ones((3, 2), bool)])
    sample("x: float32[batch, 3]", (np.ones((2, 3), "f4"), np.ones(2)))
    sample("{a: bool[batch]; c=none}", {"a": np.ones(2, bool), "c": None})
    with pytest.raises(SaveguardError, match="SG601"):
        Contract.of(3.0)


@pytest.mark.slow
@pytest.mark.backend
def test_a_keras_model_says_what_it_takes() -> None:
    import keras

    layers = [keras.layers.Embedding(9, 4), keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((3,), dtype="int32"), *layers])
    model.compile(loss="mse")
    guarded, x = saveguard.guard(model), np.array([[1, 2, 3], [4, 5, 8]])
    guarded.fit(x, np.ones(2), verbose=0)
    assert guarded.predict(x, verbose=0).shape == (2, 1) and guarded(x).shape == (2, 1)
    with pytest.raises(SaveguardError, match="9 in row 1 of `x` is outside the vocabulary, 0 to 8"):
        guarded.fit(np.array([[1, 2, 3], [4, 5, 9]]), np.ones(2))

    class Own(keras.Model):
        pass

    with pytest.raises(ValueError, match="Own does not say what its inputs are"):
        saveguard.guard(Own())
