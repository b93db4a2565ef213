"""The preflight as a callback: what begins to train can be saved, and trains the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import pytest
from rehearsed import LAYERS, X, Y, compiled

import saveguard
from saveguard.rehearsal.rehearse import rehearse
from saveguard.rules.examples import user_module

pytestmark = pytest.mark.backend


def fit(made: Any, *callbacks: Any, **options: Any) -> Any:
    options = {"x": X, "y": Y, "verbose": 0, "epochs": 2, **options}
    return made.fit(callbacks=list(callbacks), **options).history["loss"]


def test_training_is_the_same_with_and_without_the_preflight(capsys: Any) -> None:
    def made() -> Any:
        keras.utils.set_random_seed(4)
        return compiled(keras.layers.Dense(3), keras.layers.Dropout(0.5), keras.layers.Dense(2))

    plain = fit(made())
    preflight = saveguard.preflight()
    assert fit(made(), preflight) == plain
    assert preflight.report is not None
    assert preflight.report.ok
    assert "loss and 1 metric" in preflight.report.read  # of the first rows of the data
    out = capsys.readouterr().out
    assert out.startswith("preflight: Sequential ")
    assert " comes back, in " in out


def test_the_training_of_a_model_that_does_not_come_back_does_not_begin(tmp_path: Path) -> None:
    layers = user_module(tmp_path, LAYERS)
    layers.LIMIT[0] = 3.0
    made = compiled(layers.Limited(), keras.layers.Dense(2))
    with pytest.raises(saveguard.SaveguardError) as caught:
        fit(made, saveguard.preflight())
    assert "SG410" in caught.value.codes
    assert int(made.optimizer.iterations) == 0
    with pytest.warns(UserWarning, match="SG410"):
        fit(made, saveguard.preflight(on_unproven="warn"))
    assert int(made.optimizer.iterations) > 0


def test_the_first_batch_is_seen_where_it_can_be() -> None:
    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> Any:
            return X[:4], Y[:4]

    def generated() -> Iterator[Any]:
        while True:
            yield X[:4], Y[:4]

    for x, seen in ((Batches(), True), (generated(), False)):
        preflight = saveguard.preflight(verbose=0)
        fit(compiled(keras.layers.Dense(2)), preflight, x=x, y=None, steps_per_epoch=2)
        assert preflight.report is not None
        assert ("loss and 1 metric" in preflight.report.read) is seen


def test_without_a_proof_the_facts_are_read() -> None:
    done = rehearse(compiled(keras.layers.Dense(2)), X[:2], prove=False)
    assert not done.proven
    assert done.report.ok
    assert done.report.not_read == ("not proven: prove=False",)


def test_it_wants_a_meaning() -> None:
    with pytest.raises(ValueError, match="on_unproven is 'stop' or 'warn', not 'ignore'"):
        saveguard.preflight(on_unproven="ignore")  # type: ignore[arg-type]
