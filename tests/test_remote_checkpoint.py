"""Checkpoints behind addresses: listed, pruned and resumed there, in memory and on servers."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import keras
import numpy as np
import pytest
import stores
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import known_implementations
from trainings import fit, model

import saveguard
from saveguard.remote.address import system
from saveguard.training import index as listing
from saveguard.training.place import place_of

MEMORY = "memory://runs/ck/{epoch}.keras"
S3 = "s3://bucket/ck/{epoch}.keras"


def index(template: str) -> listing.Index:
    place, rest = place_of(template)
    return listing.read(place, place.read(listing.name_of(rest)), template)


def names(template: str) -> list[str]:
    """What lies there, without the list itself."""
    files, inside = system(template.partition("{")[0])
    files.invalidate_cache()
    found = sorted(one.rpartition("/")[2] for one in files.find(inside))
    assert sum(name.endswith(".checkpoints.json") for name in found) == 1
    return [name for name in found if name[0] != "."]


def goes_on(template: str, background: bool) -> None:
    """Trained, pruned, resumed in another process's place, and trained on; no loss differs."""
    whole = fit(model(0.5), epochs=4).history["loss"]
    first = saveguard.Checkpoint(
        template, keep=1, monitor="loss", mode="max", background=background
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fit(model(0.5), first)
    best = 1 + int(np.argmax(whole[:3]))
    assert names(template) == [f"{epoch}.keras" for epoch in sorted({best, 3})]
    entries = index(template).entries
    assert [(entry.file, entry.state) for entry in entries][-1] == ("3.keras", "proven")
    keras.utils.set_random_seed(77)
    checkpoint = saveguard.Checkpoint(template, keep=2, monitor="loss", mode="max")
    resumed = checkpoint.resume()
    assert resumed is not None
    assert (resumed.epoch, resumed.path) == (3, template.format(epoch=3))
    rest = fit(resumed.model, checkpoint, epochs=4, initial_epoch=3).history["loss"]
    np.testing.assert_array_equal(rest, whole[3:])
    assert checkpoint.report.ok and {"3.keras", "4.keras"} <= set(names(template))


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No files in memory, temporary files and the working directory the test's own."""
    MemoryFileSystem.store.clear()
    (tmp_path / "temporary").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path / "here")
    yield
    assert os.listdir(tmp_path / "here") == []  # no folder `s3:`


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The file system of a real S3 server with a bucket."""
    with stores.s3_server(monkeypatch) as port:
        yield fsspec.filesystem("s3")
        stores.way_to_s3(monkeypatch, port)


@pytest.mark.parametrize("background", [True, False])
@pytest.mark.parametrize("kind", stores.KINDS)
def test_a_training_goes_on_from_an_address(kind: str, background: bool, monkeypatch: Any) -> None:
    with stores.store(kind, monkeypatch) as store:
        goes_on(store.at("ck/{epoch}.keras"), background)


def test_a_folder_for_each_and_no_folder_at_all() -> None:
    for template in ("memory://{epoch}.keras", "memory://deep/{epoch}/m-{loss:.2f}.keras"):
        fit(model(), saveguard.Checkpoint(template), epochs=2)
        files, inside = system(template.partition("{")[0])
        for name in files.find(inside):
            if name.endswith(".checkpoints.json"):
                assert len(index(template).entries) == 2
                files.rm_file(name)  # without it, the files say themselves what they are
        resumed = saveguard.Checkpoint(template).resume()
        assert resumed is not None and resumed.epoch == 2
        MemoryFileSystem.store.clear()


def test_nothing_there_begins_anew() -> None:
    assert saveguard.Checkpoint(MEMORY).resume(model()) is None


def test_a_damaged_file_is_passed_over() -> None:
    fit(model(), saveguard.Checkpoint(MEMORY), epochs=2)
    files, inside = system(MEMORY.format(epoch=2))
    files.pipe_file(inside, files.cat_file(inside)[:-100])
    with pytest.warns(UserWarning, match=r"memory://runs/ck/2\.keras is passed over"):
        resumed = saveguard.Checkpoint(MEMORY).resume()
    assert resumed is not None and resumed.epoch == 1


def test_only_the_best_is_saved_after_a_restart() -> None:
    def best() -> Any:
        return saveguard.Checkpoint(MEMORY, monitor="loss", mode="max", save_best_only=True)

    fit(model(), best(), epochs=1)
    again = best()
    fit(model(), again, epochs=1)
    assert again.outcomes == [] and index(MEMORY).best is not None


def test_two_trainings_cannot_write_one_series() -> None:
    first, second = (saveguard.Checkpoint(MEMORY, prove=False) for _ in range(2))
    first.set_model(model())
    first.on_train_begin()
    with pytest.raises(saveguard.SaveguardError) as caught:
        fit(model(), second, epochs=1)
    assert caught.value.codes == ("SG730",)
    first.on_train_end()
    fit(model(), second, epochs=1)


def test_a_list_that_another_machine_wrote_is_left_alone() -> None:
    files, inside = system("memory://runs/ck")

    class Elsewhere(keras.callbacks.Callback):
        """Another machine, which this one's lock does not keep out."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            (path,) = (one for one in files.find(inside) if one.endswith(".json"))
            files.pipe_file(path, b"{}")

    checkpoint = saveguard.Checkpoint(MEMORY, keep=1, prove=False, background=False)
    with pytest.warns(UserWarning, match="another training is writing"):
        fit(model(), checkpoint, Elsewhere(), epochs=2)
    assert names(MEMORY) == ["1.keras", "2.keras"]
    assert index(MEMORY).entries == ()


def test_s3_that_is_not_reached_stops_at_once(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fit(model(), saveguard.Checkpoint(S3, prove=False), epochs=1)
    given = {**fsspec.config.conf["s3"], "endpoint_url": "http://127.0.0.1:9"}
    monkeypatch.setitem(fsspec.config.conf, "s3", given)
    checkpoint = saveguard.Checkpoint(S3, prove=False)
    with pytest.raises(saveguard.SaveguardError) as caught:
        checkpoint.resume()
    assert caught.value.codes == ("SG742",)
    with pytest.raises(saveguard.SaveguardError) as caught:
        fit(model(), checkpoint, epochs=1)
    assert caught.value.codes == ("SG742",)


def test_addresses_that_mean_nothing_are_refused_at_once(monkeypatch: Any) -> None:
    with pytest.raises(saveguard.SaveguardError, match="nosuch"):
        saveguard.Checkpoint("nosuch://bucket/{epoch}.keras")
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.Checkpoint(Path("s3://bucket/ck/{epoch}.keras"))
    assert caught.value.codes == ("SG709",)
    monkeypatch.setitem(known_implementations, "far", {"class": "nowhere_fs.Far"})
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.Checkpoint("far://bucket/{epoch}.keras")
    assert caught.value.codes == ("SG741",)


@pytest.mark.parametrize("name", ["memory://ck/{epoch}.weights.json", "{epoch}.weights.json"])
@pytest.mark.parametrize("weights", [True, False])
def test_weights_in_shards_are_refused(name: str, weights: bool) -> None:
    with pytest.raises(ValueError, match="must end in") as caught:
        saveguard.Checkpoint(name, save_weights_only=weights)
    assert "SG704" in "".join(caught.value.__notes__)
