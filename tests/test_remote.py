"""Models behind addresses: in memory, on servers of S3 and of Google Cloud Storage.

The store of Google needs what is not in the lock, and is left out without it:
pip install gcsfs gcp-storage-emulator && pytest tests/test_remote.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import stores
from fsspec.implementations.memory import MemoryFileSystem
from models import rows, shaken

import saveguard
from saveguard.cli.main import main
from saveguard.remote import upload

SMALL = 20 / 1024**2  # GB in a shard


def model(units: int = 4) -> Any:
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units), keras.layers.Dense(2)])
    return shaken(made)


def wide() -> Any:
    return shaken(keras.Sequential([keras.Input((64,)), *map(keras.layers.Dense, (64, 64, 64))]))


def large() -> Any:
    """More than a store takes in one part."""
    return keras.Sequential([keras.Input((4096,)), keras.layers.Dense(8192)])


def same(one: Any, other: Any) -> bool:
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def codes_of(call: Any, *arguments: Any, **options: Any) -> tuple[str, ...]:
    """The codes of what a call raises, if it does."""
    try:
        call(*arguments, **options)
    except saveguard.SaveguardError as error:
        return error.codes
    return ()


@pytest.fixture(params=stores.KINDS)
def store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[stores.Store]:
    """A store with an empty bucket; temporary files in a folder of the test's own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with stores.store(request.param, monkeypatch) as made:
        yield made


memory = pytest.mark.parametrize("store", ["memory"], indirect=True)
servers = pytest.mark.parametrize("store", ["s3", "gs"], indirect=True)


def test_a_model_is_saved_and_comes_back(store: stores.Store, tmp_path: Path) -> None:
    saved, address = model(), store.at("runs/m.keras")
    receipt = saveguard.save(saved, address, rows(4, 3))
    assert receipt.proven and receipt.path == address and receipt.upload is not None
    assert receipt.upload.commit == store.commit
    assert receipt.upload.size == len(store.content("runs/m.keras"))
    assert "uploaded" in str(receipt)
    assert same(saveguard.load(address, compare=True), saved)
    assert saveguard.load(address, verify_digests="background") is not None
    assert store.names() == ["runs/m.keras"] and store.pending() == []
    assert list(tmp_path.iterdir()) == []


def test_it_is_checked_verified_inspected_and_compared_there(store: stores.Store) -> None:
    address = store.at("runs/m.keras")
    saveguard.save(model(), address, prove=False)
    report = saveguard.check(address)
    assert report.ok and report.subject == address and report.files[0].path == address
    assert saveguard.verify(address).ok
    inspection = saveguard.inspect(address)
    assert inspection.path == address and len(inspection.layers) == 3
    for where in ("runs", "runs/*.keras"):
        (found,) = saveguard.check(store.at(where)).files
        assert found.path.replace(":///", "://") == address
    saveguard.save(model(), store.at("other.keras"), prove=False)
    found = saveguard.diff(address, store.at("other.keras"))
    assert (found.before, found.after) == (address, store.at("other.keras"))
    assert found.compared == 4 and not found.same


def test_the_previous_one_is_kept_on_demand(store: stores.Store) -> None:
    first, second, address = model(), model(5), store.at("m.keras")
    saveguard.save(first, address, prove=False)
    receipt = saveguard.save(second, address, rows(4, 3), keep_previous=True, background=True)
    assert receipt.result().previous == f"{address}.prev"
    store.files.mv(f"{address}.prev", store.at("old.keras"))
    assert same(saveguard.load(store.at("old.keras")), first)
    assert same(saveguard.load(address), second)


def test_weights_in_shards_come_back_and_leave_none_behind(store: stores.Store) -> None:
    address, saved = store.at("s/m.weights.json"), wide()
    receipt = saveguard.save(saved, address, rows(4, 64), max_shard_size=SMALL)
    assert receipt.proven and len(store.names()) == 5
    before = store.names()
    fresh = wide()
    saveguard.load_weights(fresh, address)
    assert same(fresh, saved)
    again = wide()
    saveguard.save(again, address, prove=False, max_shard_size=SMALL, keep_previous=True)
    assert set(before) < set(store.names()) and len(store.names()) == 9
    saveguard.save(saved, address, prove=False, max_shard_size=SMALL)
    assert len(store.names()) == 9  # the kept ones, the new ones, both indexes and the empty first
    store.files.rm_file(f"{address}.prev")
    saveguard.save(again, address, prove=False, max_shard_size=SMALL)
    saveguard.load_weights(fresh, address)
    assert same(fresh, again)


def test_shards_that_do_not_all_arrive_leave_the_previous_set(
    store: stores.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, first = store.at("m.weights.json"), wide()
    saveguard.save(first, address, prove=False, max_shard_size=SMALL)
    before = {name: store.content(name) for name in store.names()}
    kind, sent = type(store.files), []
    whole = kind.put_file

    def third(files: Any, local: str, inside: str, **options: Any) -> None:
        sent.append(inside)
        if len(sent) == 3:
            raise ConnectionResetError("connection lost")
        whole(files, local, inside, **options)

    with monkeypatch.context() as patched:
        patched.setattr(kind, "put_file", third)
        with pytest.raises(saveguard.SaveguardError) as caught:
            saveguard.save(wide(), address, prove=False, max_shard_size=SMALL)
    assert caught.value.codes == ("SG742",) and len(sent) == 3
    assert {name: store.content(name) for name in store.names()} == before
    fresh = wide()
    saveguard.load_weights(fresh, address)
    assert same(fresh, first)


@servers
@pytest.mark.parametrize("again", [True, False])
def test_an_upload_in_parts_that_breaks_off_leaves_the_previous_one(
    store: stores.Store, again: bool
) -> None:
    address, first = store.at("m.keras"), model()
    saveguard.save(first, address, prove=False)
    before, made = store.content("m.keras"), large()
    way = stores.Way(store.port, 60 << 20, again=again)
    store.reach(way.port)
    codes = codes_of(saveguard.save, made, address, prove=False)
    whole = not codes  # some libraries send a part again
    assert way.broken and (codes == ("SG742",) or (again and whole))
    way.close()
    store.reach(store.port)
    assert store.names() == ["m.keras"]
    assert (store.content("m.keras") == before) is not whole
    assert not again or store.pending() == []
    saveguard.save(made, address, prove=False)
    assert same(saveguard.load(address), made)


def breaking(files: Any, local: str, inside: str, **_: Any) -> None:
    """A store that shows files while they grow, and whose connection is lost."""
    files.pipe_file(inside, Path(local).read_bytes()[:1000])
    raise ConnectionResetError("connection lost")


def lying(files: Any, local: str, inside: str, **_: Any) -> None:
    """A store that keeps something else than it is given."""
    files.pipe_file(inside, Path(local).read_bytes()[:-1] + b"!")


@memory
@pytest.mark.parametrize(
    "put, whole, told",
    [
        (breaking, False, "was not written: ConnectionResetError"),
        (lying, False, "is not what was sent: Differs"),
        (lying, True, "is not what was sent: Differs"),
    ],
)
def test_an_upload_that_goes_wrong_leaves_the_previous_one(
    store: stores.Store,
    put: Any,
    whole: bool,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    address = store.at("m.keras")
    saveguard.save(model(), address, prove=False)
    before = store.content("m.keras")
    monkeypatch.setattr(MemoryFileSystem, "put_file", put)
    monkeypatch.setattr(upload, "shows_whole", lambda files: whole)
    saved = model(5)
    with pytest.raises(saveguard.SaveguardError, match=told) as caught:
        saveguard.save(saved, address, prove=False)
    assert caught.value.codes == ("SG742",)
    assert (store.content("m.keras") == before) is not whole
    assert store.names() == ["m.keras"]
    (kept,) = tmp_path.glob("saveguard-kept-*/m.keras")
    assert kept.parent.name in str(caught.value)
    assert same(saveguard.load(kept), saved)


def test_a_file_that_is_not_proven_stays_on_this_machine(
    store: stores.Store, tmp_path: Path
) -> None:
    address = store.at("m.keras")
    saveguard.save(model(), address, prove=False)
    before = store.content("m.keras")

    class Unregistered(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs

        def get_config(self) -> Any:
            raise ValueError("no configuration")

    wrong = keras.Sequential([keras.Input((3,)), Unregistered()])
    with pytest.raises(ValueError, match="no configuration") as caught:
        saveguard.save(wrong, address)
    assert store.content("m.keras") == before
    rescued = list(tmp_path.glob("saveguard-kept-*/m.rescue.h5"))
    assert len(rescued) == 1 and str(rescued[0]) in "".join(caught.value.__notes__)


def test_what_is_not_there_has_a_code(store: stores.Store) -> None:
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(store.at("none.keras"))
    assert caught.value.codes == ("SG104",)
    assert store.at("none.keras") in str(caught.value)
    assert "saveguard-near" not in str(caught.value) and "fs.ls(path)" in str(caught.value)
    assert saveguard.check(store.at("none.keras")).codes == ("SG104",)
    if store.port:
        with pytest.raises(saveguard.SaveguardError) as caught:
            saveguard.save(model(), store.at("m.keras").replace("bucket", "nobucket"), prove=False)
        assert caught.value.codes == ("SG742",)


def test_what_is_not_reached_has_a_code() -> None:
    closed = "http://127.0.0.1:9/m.keras"
    for reading in (saveguard.load, saveguard.inspect, saveguard.verify):
        with pytest.raises(saveguard.SaveguardError) as caught:
            reading(closed)
        assert caught.value.codes == ("SG742",)
    report = saveguard.check(closed)
    assert report.codes == ("SG742",) and report.not_read and not report.ok
    for reading in (saveguard.load, saveguard.inspect, saveguard.verify):
        with pytest.raises(saveguard.SaveguardError, match="nosuch"):
            reading("nosuch://models/m.keras")
    with pytest.raises(saveguard.SaveguardError, match="nosuch"):
        saveguard.save(model(), "nosuch://models/m.keras")


def test_an_address_with_one_slash_is_told_as_such() -> None:
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(Path("s3://bucket/runs/m.keras"))
    assert caught.value.codes == ("SG104",)
    assert "give 's3://bucket/runs/m.keras' as text" in str(caught.value)


def test_a_damaged_file_is_told_by_its_address(store: stores.Store) -> None:
    address = store.at("m.keras")
    saveguard.save(model(), address, prove=False)
    store.files.pipe_file(address, store.content("m.keras")[:-100])
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(address)
    assert caught.value.codes == ("SG101",)
    assert "saveguard-near" not in str(caught.value)


def test_the_commands_take_addresses(
    store: stores.Store, capsys: pytest.CaptureFixture[str]
) -> None:
    address = store.at("m.keras")
    saveguard.save(model(), address, prove=False)
    main(["inspect", address], standalone_mode=False)
    assert address in capsys.readouterr().out
    main(["check", address], standalone_mode=False)
    assert "saveguard-near" not in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["diff", address, address])
    assert ended.value.code == 0 and address in capsys.readouterr().out
