"""How large a model's file will be, and whether there is room for it."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from saveguard.facts import ModelFacts, VariableFacts
from saveguard.rehearsal import size
from saveguard.rules import registry

pytestmark = pytest.mark.backend
RNG = np.random.default_rng(0)
X = RNG.normal(size=(16, 4)).astype("float32")
Y = RNG.normal(size=(16, 2)).astype("float32")


@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_the_size_of_the_file_is_known(tmp_path: Path, optimizer: str, steps: int) -> None:
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(20_000), keras.layers.Dense(2)])
    made.compile(optimizer, "mse")
    expected = size.expected(made)
    made.fit(X, Y, verbose=0)
    expected = size.expected(made) if steps else expected
    made.save(tmp_path / "m.keras")
    assert expected <= (tmp_path / "m.keras").stat().st_size <= 1.1 * expected


def test_too_little_room_is_told_before_the_training() -> None:
    facts = ModelFacts(
        subject="m",
        kind="Sequential",
        built=True,
        compiled=True,
        objects=(),
        variables=(VariableFacts(path="a"),),
        target="run/m.keras",
        size=3_000_000,
        free=1_000_000,
    )
    (found,) = registry.module("SG701").rule.notice("model", facts)
    assert (found.where, found.message) == (
        "run/m.keras",
        "the file needs 3.0 MB or more, and 1.0 MB are free",
    )
