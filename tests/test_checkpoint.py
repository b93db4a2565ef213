"""Checkpoints that are proven while the training goes on, and the way back into it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from trainings import X, fit, model

import saveguard
from saveguard.training import index as listing
from saveguard.training.place import place_of

pytestmark = pytest.mark.backend


def index(template: Path) -> listing.Index:
    place, rest = place_of(str(template))
    return listing.read(place, place.read(listing.name_of(rest)), str(template))


def index_path(template: Path) -> Path:
    place, rest = place_of(str(template))
    return Path(place.path_of(listing.name_of(rest)))


def test_every_epoch_is_saved_and_proven(tmp_path: Path, capsys: Any) -> None:
    template = tmp_path / "run" / "m-{epoch:02d}-{loss:.2f}.keras"
    checkpoint = saveguard.Checkpoint(template, example=X[:4], verbose=1)
    history = fit(model(), checkpoint)
    names = [f"m-{i + 1:02d}-{loss:.2f}.keras" for i, loss in enumerate(history.history["loss"])]
    assert sorted(os.listdir(tmp_path / "run")) == sorted(
        [*names, index_path(template).name, _lock(template).name]
    )
    assert [entry.state for entry in index(template).entries] == ["proven"] * 3
    assert all(outcome.proven for outcome in checkpoint.outcomes)
    assert checkpoint.report.ok
    assert f"saved {names[0]}, proven in " in capsys.readouterr().out
    assert saveguard.verify(tmp_path / "run" / names[2]).ok


def test_it_saves_what_keras_s_own_callback_saves(tmp_path: Path) -> None:
    for save_freq, save_best_only in (("epoch", False), ("epoch", True), (3, False)):
        saved: list[list[str]] = []
        for kind in (keras.callbacks.ModelCheckpoint, saveguard.Checkpoint):
            folder = tmp_path / f"{kind.__name__}-{save_freq}-{save_best_only}"
            folder.mkdir()
            callback = kind(
                folder / "{epoch}.keras",
                monitor="loss",
                save_freq=save_freq,
                save_best_only=save_best_only,
                **({"prove": False} if kind is saveguard.Checkpoint else {}),
            )
            fit(model(), callback, epochs=4)
            saved.append(sorted(name for name in os.listdir(folder) if name[0] != "."))
        assert saved[0] == saved[1] != []


def test_weights_alone(tmp_path: Path) -> None:
    template = tmp_path / "m.weights.h5"
    made = model()
    fit(made, saveguard.Checkpoint(template, save_weights_only=True, example=X[:2]))
    fresh = model()
    fresh.load_weights(template)
    for ours, theirs in zip(fresh.get_weights(), made.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_best_is_kept_and_known_after_a_restart(tmp_path: Path) -> None:
    template = tmp_path / "{epoch:02d}.keras"

    class Losses(keras.callbacks.Callback):
        """Gives the epochs the losses 3, 1, 2, 4."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["val_loss"] = [3.0, 1.0, 2.0, 4.0][epoch]

    fit(model(), Losses(), saveguard.Checkpoint(template, keep=1), epochs=4)
    assert sorted(p.name for p in tmp_path.glob("*.keras")) == ["02.keras", "04.keras"]
    again = saveguard.Checkpoint(template, save_best_only=True)
    fit(model(), Losses(), again, epochs=3)
    assert again.outcomes == []
    assert index(template).best == 1.0


def test_resume_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    template = tmp_path / "m-{epoch}.keras"
    whole = fit(model(dropout=0.5), epochs=6).history["loss"]
    fit(model(dropout=0.5), saveguard.Checkpoint(template), epochs=3)
    # Another process would begin with other random states.
    keras.utils.set_random_seed(77)
    checkpoint = saveguard.Checkpoint(template)
    resumed = checkpoint.resume(model(dropout=0.5))
    assert resumed is not None
    assert (resumed.epoch, resumed.step) == (3, 12)
    rest = fit(resumed.model, checkpoint, epochs=6, initial_epoch=resumed.epoch).history["loss"]
    np.testing.assert_array_equal(rest, whole[3:])
    loaded = checkpoint.resume()
    assert loaded is not None
    assert (loaded.epoch, Path(loaded.path).name) == (6, "m-6.keras")
    rest = fit(loaded.model, checkpoint, epochs=8, initial_epoch=6).history["loss"]
    np.testing.assert_array_equal(rest, fit(model(dropout=0.5), epochs=8).history["loss"][6:])


def test_random_states_come_back(tmp_path: Path) -> None:
    template = tmp_path / "m.keras"
    fit(model(), saveguard.Checkpoint(template, prove=True), epochs=1)
    drawn = []
    for _ in range(2):
        random.seed(5)
        saveguard.Checkpoint(template).resume()
        drawn.append((random.random(), np.random.uniform(), keras.random.uniform((1,))))
    assert drawn[0] == drawn[1]


def test_resume_without_checkpoints_begins_anew(tmp_path: Path) -> None:
    assert saveguard.Checkpoint(tmp_path / "m-{epoch}.keras").resume(model()) is None


def test_resume_without_an_index_asks_the_files(tmp_path: Path) -> None:
    template = tmp_path / "m-{epoch}.keras"
    fit(model(), saveguard.Checkpoint(template), epochs=2)
    index_path(template).unlink()
    resumed = saveguard.Checkpoint(template).resume()
    assert resumed is not None
    assert (resumed.epoch, Path(resumed.path).name) == (2, "m-2.keras")


def test_resume_passes_over_a_damaged_file(tmp_path: Path) -> None:
    template = tmp_path / "m-{epoch}.keras"
    fit(model(), saveguard.Checkpoint(template), epochs=2)
    newest = tmp_path / "m-2.keras"
    newest.write_bytes(newest.read_bytes()[:-100])
    resumed = saveguard.Checkpoint(template).resume()
    assert resumed is not None
    assert Path(resumed.path).name == "m-1.keras"


def test_a_checkpoint_that_is_not_proven_keeps_the_good_one(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"

    class Lie(keras.callbacks.Callback):
        """From the second epoch on, a layer's configuration says what is not true."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                layer = self.model.layers[0]
                told = {**layer.get_config(), "activation": "relu"}
                layer.get_config = lambda: told

    checkpoint = saveguard.Checkpoint(path, on_unproven="stop")
    with pytest.warns(UserWarning, match="checkpoint m.keras is not there: SG4"):
        history = fit(model(), Lie(), checkpoint, epochs=99, batch_size=1)
    assert len(history.history["loss"]) < 99
    assert "SG410" in checkpoint.report.codes
    assert (tmp_path / "m.unproven.keras").exists()
    resumed = saveguard.Checkpoint(path).resume()
    assert resumed is not None
    assert resumed.epoch == 1


def test_after_an_interrupted_training_the_callback_goes_on(tmp_path: Path) -> None:
    class Interrupted(keras.callbacks.Callback):
        """As Ctrl-C in a notebook."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise KeyboardInterrupt

    checkpoint, made = saveguard.Checkpoint(tmp_path / "m.keras", prove=False), model()
    with pytest.raises(KeyboardInterrupt):
        fit(made, checkpoint, Interrupted())
    fit(made, checkpoint, epochs=1)
    assert [outcome.progress.epoch for outcome in checkpoint.outcomes] == [1, 1]


def test_a_save_that_fails_does_not_end_the_training(tmp_path: Path) -> None:
    (tmp_path / "m.keras").mkdir()
    checkpoint = saveguard.Checkpoint(tmp_path / "m.keras")
    with pytest.warns(UserWarning, match="SG703"):
        assert len(fit(model(), checkpoint).history["loss"]) == 3
    assert checkpoint.report.codes == ("SG703",)


@pytest.mark.parametrize(
    ("options", "told"),
    [({"keep": 0}, "keep must be"), ({"on_unproven": "raise"}, "on_unproven is")],
)
def test_arguments_that_mean_nothing_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        saveguard.Checkpoint("m.keras", **options)


TRAIN = """
import sys
import test_checkpoint as here
import saveguard
checkpoint = saveguard.Checkpoint(sys.argv[1], save_freq=1, keep=3)
here.fit(here.model(0.5), checkpoint, epochs=1000)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs kill")
def test_a_killed_training_can_be_resumed(tmp_path: Path) -> None:
    template = tmp_path / "m-{epoch}-{batch}.keras"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen([sys.executable, "-c", TRAIN, str(template)], env=environment) as process:
        end = time.monotonic() + 240
        while len(list(tmp_path.glob("m-*.keras"))) < 3 and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    resumed = saveguard.Checkpoint(template).resume(model(0.5))
    assert resumed is not None
    assert resumed.step == 4 * resumed.epoch + resumed.batch >= 1
    assert saveguard.verify(resumed.path).ok
    # The lock of the killed process is no hindrance.
    fit(resumed.model, saveguard.Checkpoint(template, save_freq=2), epochs=1)


def _lock(template: Path) -> Path:
    return index_path(template).with_suffix(".lock")


def test_the_index_is_json_with_a_version(tmp_path: Path) -> None:
    template = tmp_path / "m.keras"
    fit(model(), saveguard.Checkpoint(template, prove=False), epochs=1)
    text = index_path(template).read_text()
    found = json.loads(text)
    assert (found["schema_version"], found["entries"][0]["state"]) == (1, "not proven")
    index_path(template).write_text(text[: len(text) // 2])
    assert index(template).entries == ()
