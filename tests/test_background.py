"""Saves that go on in the background: consistent, in order, told of, and waited for."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import saveguard
from saveguard.persist import background, snapshot
from saveguard.persist.background import Saving

pytestmark = pytest.mark.backend
RNG = np.random.default_rng(0)
X = RNG.normal(size=(16, 4)).astype("float32")
Y = RNG.normal(size=(16, 2)).astype("float32")


def model(*more: Any) -> Any:
    """A small model that has been trained."""
    keras.utils.set_random_seed(1)
    layers = [keras.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization()]
    made = keras.Sequential([*layers, *more, keras.layers.Dropout(0.5), keras.layers.Dense(2)])
    made.compile(keras.optimizers.Adam(0.05), "mse")
    train(made)
    return made


def train(made: Any) -> None:
    made.fit(X, Y, batch_size=8, verbose=0, shuffle=False)


def values(found: Any) -> list[Any]:
    return [np.array(keras.ops.convert_to_numpy(one)) for one in found]


def state(made: Any) -> list[Any]:
    return values(snapshot.variables(made))


def stored(made: Any) -> list[Any]:
    """What Keras stores: neither seeds nor metrics."""
    return values(made.weights) + values(made.optimizer.variables)


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """The thread of the background waits until the event is set."""
    event = threading.Event()

    def wait() -> Any:
        event.wait(60)
        raise AssertionError

    saving = background.submit(Saving("", wait, done=lambda _: None))
    yield event
    event.set()
    background.settle()
    assert saving.done()


def same(ours: list[Any], theirs: list[Any]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5"])
def test_the_file_holds_what_the_model_was(tmp_path: Path, held: Any, name: str) -> None:
    made = model()
    before, weights = stored(made), values(made.weights)
    saving = saveguard.save(made, tmp_path / name, (X[:4], Y[:4]), background=True)
    assert not saving.done()
    train(made)
    after = state(made)
    held.set()
    assert saving.result(120).proven
    assert same(state(made), after)
    assert not same(stored(made), before)
    if name == "m.keras":
        assert same(stored(saveguard.load(tmp_path / name)), before)
    else:
        made.load_weights(tmp_path / name)
        assert same(values(made.weights), weights)


def test_a_training_is_the_same_beside_it(tmp_path: Path) -> None:
    alone, beside = model(), model()
    keras.utils.set_random_seed(3)
    train(alone)
    keras.utils.set_random_seed(3)
    saving = saveguard.save(beside, tmp_path / "m.keras", (X, Y), background=True)
    train(beside)
    assert saving.result(120).proven
    assert same(state(alone), state(beside))


def test_the_settings_are_those_of_its_beginning(tmp_path: Path, held: Any) -> None:
    made = model()
    saving = saveguard.save(made, tmp_path / "m.keras", background=True)
    made.layers[0].trainable = False
    held.set()
    assert saving.result(120).proven
    assert saveguard.load(tmp_path / "m.keras").layers[0].trainable


def test_a_model_that_gets_other_variables_is_not_saved(tmp_path: Path, held: Any) -> None:
    made = model()
    made.save(tmp_path / "m.keras")
    before = (tmp_path / "m.keras").read_bytes()
    saving = saveguard.save(made, tmp_path / "m.keras", background=True)
    made.compile("sgd", "mse")
    held.set()
    with pytest.raises(saveguard.SaveguardError) as raised:
        saving.result(120)
    assert raised.value.codes == ("SG731",)
    assert repr(saving) == f"<background save of {str(tmp_path / 'm.keras')!r}: failed, SG731>"
    assert (tmp_path / "m.keras").read_bytes() == before
    assert os.listdir(tmp_path) == ["m.keras"]


def test_a_second_copy_waits_for_the_first(tmp_path: Path, held: Any) -> None:
    made = model()
    saveguard.save(made, tmp_path / "a.keras", prove=False, background=True)
    second: list[Saving] = []

    def save() -> None:
        second.append(saveguard.save(made, tmp_path / "b.keras", prove=False, background=True))

    thread = threading.Thread(target=save)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive()
    held.set()
    thread.join(60)
    second[0].result(60)
    assert sorted(os.listdir(tmp_path)) == ["a.keras", "b.keras"]


def test_saves_to_one_path_keep_their_order(tmp_path: Path, held: Any) -> None:
    made = model()
    saving = saveguard.save(made, tmp_path / "m.keras", prove=False, background=True)
    made.layers[-1].bias.assign([7.0, 7.0])
    threading.Timer(0.3, held.set).start()
    saveguard.save(made, tmp_path / "m.keras", prove=False)
    assert saving.done()
    found = keras.saving.load_model(tmp_path / "m.keras").layers[-1].bias
    assert keras.ops.convert_to_numpy(found).tolist() == [7.0, 7.0]


def test_what_cannot_be_used_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(saveguard.SaveguardError):
        saveguard.save(model(), tmp_path / "no" / "m.keras", background=True)
    with pytest.raises(saveguard.SaveguardError):
        saveguard.save(model(), tmp_path / "m.keras", np.ones((2, 9)), background=True)
    # Neither of them holds the place of a copy.
    saveguard.save(model(), tmp_path / "m.keras", prove=False, background=True).result(60)


def test_an_error_that_nobody_asked_for_is_told_at_the_next_save(tmp_path: Path) -> None:
    made, folder = model(), tmp_path / "gone"
    folder.mkdir()
    folder.rename(tmp_path / "other")
    with pytest.raises(saveguard.SaveguardError):
        saveguard.save(made, folder / "m.keras", background=True)
    (tmp_path / "other").rename(folder)
    event = threading.Event()
    background.submit(Saving("", lambda: event.wait(60) and None, done=lambda _: None))  # type: ignore[arg-type,return-value]
    lost = saveguard.save(made, folder / "m.keras", prove=False, background=True)
    folder.rmdir()
    event.set()
    background.settle()
    with pytest.warns(RuntimeWarning, match=r"m\.keras was not saved in the background"):
        saveguard.save(made, tmp_path / "m.keras", prove=False, background=True).result(60)
    assert "failed" in repr(lost)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        saveguard.save(made, tmp_path / "m.keras", prove=False, background=True).result(60)


def test_losses_of_layers_are_recorded(tmp_path: Path) -> None:
    made = model(keras.layers.ActivityRegularization(l2=0.1))
    before, loss = stored(made), made.evaluate(X[:4], Y[:4], verbose=0)
    receipt = saveguard.save(made, tmp_path / "m.keras", (X[:4], Y[:4]), background=True).result()
    assert receipt.proven
    assert receipt.golden is not None
    assert receipt.golden.loss == pytest.approx(loss, rel=1e-5)
    assert same(stored(made), before)


def test_the_notebook_shows_the_receipt(tmp_path: Path, held: Any) -> None:
    saving = saveguard.save(model(), tmp_path / "m.keras", prove=False, background=True)
    assert "under way" in saving._repr_html_()
    held.set()
    assert saving.result(60)._repr_html_() == saving._repr_html_()
    with pytest.raises(TimeoutError):
        Saving("", lambda: None).result(0.01)  # type: ignore[arg-type,return-value]


EXIT = """
    import os, sys, keras, saveguard
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    saving = saveguard.save(model, sys.argv[1], prove=False, background=True)
    if sys.argv[2] == "fork" and os.fork() == 0:
        try:
            saving.result(5) if not saving.done() else None
        except RuntimeError as error:
            assert "which began it" in str(error)
        saveguard.save(model, sys.argv[1] + ".fork.keras", prove=False, background=True).result()
        os._exit(0)
    if sys.argv[2] == "fork":
        os.wait()
    if sys.argv[2] == "failed":
        saving.result()
        model.summary = None
        os.chdir("/")
        model.layers[0].get_config = lambda: {"units": 2}
        model.layers[0].save_own_variables = lambda store: 1 / 0
        saveguard.save(model, sys.argv[1], prove=False, background=True)
"""


@pytest.mark.parametrize("how", ["ends", "fork", "failed"])
def test_the_end_of_the_process_waits(tmp_path: Path, how: str) -> None:
    if how == "fork" and keras.backend.backend() != "tensorflow":
        pytest.skip("JAX does not survive a fork")
    command = [sys.executable, "-c", textwrap.dedent(EXIT), str(tmp_path / "m.keras"), how]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    keras.saving.load_model(tmp_path / "m.keras")
    left = {"m.keras": 0, "m.keras.fork.keras": 0} if how == "fork" else {"m.keras": 0}
    assert set(os.listdir(tmp_path)) - {"m.rescue.h5"} == set(left)
    told = "m.keras was not saved in the background: ZeroDivisionError"
    assert (told in done.stderr) == (how == "failed")
