"""Models behind addresses: in memory, on a real S3 server, and uploads that break off."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import keras
import numpy as np
import pytest
import stores
from fsspec.implementations.memory import MemoryFileSystem
from models import rows, shaken

import saveguard
from saveguard.cli.main import main
from saveguard.remote import upload
from saveguard.remote.address import system

pytestmark = pytest.mark.backend
MEMORY = "memory://models/m.keras"


def model(units: int = 4) -> Any:
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units), keras.layers.Dense(2)])
    return shaken(made)


def same(one: Any, other: Any) -> bool:
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def content(address: str) -> bytes:
    with fsspec.open(address, "rb") as file:
        return bytes(file.read())


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No files in memory, and temporary files in a folder of the test's own."""
    MemoryFileSystem.store.clear()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_a_model_is_saved_to_an_address_and_comes_back(tmp_path: Path) -> None:
    saved = model()
    receipt = saveguard.save(saved, MEMORY, rows(4, 3))
    assert receipt.proven and receipt.path == MEMORY and receipt.upload is not None
    assert receipt.upload.commit == "rename"
    assert receipt.upload.size == len(content(MEMORY))
    assert "uploaded" in str(receipt)
    assert same(saveguard.load(MEMORY, compare=True), saved)
    assert saveguard.load(MEMORY, verify_digests="background") is not None
    assert list(MemoryFileSystem.store) == ["/models/m.keras"]
    assert list(tmp_path.iterdir()) == []


def test_it_is_checked_verified_and_inspected_there() -> None:
    saveguard.save(model(), MEMORY, prove=False)
    report = saveguard.check(MEMORY)
    assert report.ok and report.subject == MEMORY and report.files[0].path == MEMORY
    assert saveguard.verify(MEMORY).ok
    inspection = saveguard.inspect(MEMORY)
    assert inspection.path == MEMORY and len(inspection.layers) == 3
    for where in ("memory://models", "memory://models/*.keras"):
        (found,) = saveguard.check(where).files
        assert found.path.replace(":///", "://") == MEMORY


def test_the_previous_one_is_kept_on_demand() -> None:
    first, second = model(), model(5)
    saveguard.save(first, MEMORY, prove=False)
    receipt = saveguard.save(second, MEMORY, prove=False, keep_previous=True)
    assert receipt.previous == f"{MEMORY}.prev"
    fsspec.filesystem("memory").mv(f"{MEMORY}.prev", "memory://models/old.keras")
    assert same(saveguard.load("memory://models/old.keras"), first)
    assert same(saveguard.load(MEMORY), second)


def breaking(files: Any, local: str, inside: str, **_: Any) -> None:
    """A store that shows files while they grow, and whose connection is lost."""
    files.pipe_file(inside, Path(local).read_bytes()[:1000])
    raise ConnectionResetError("connection lost")


def lying(files: Any, local: str, inside: str, **_: Any) -> None:
    """A store that keeps something else than it is given."""
    files.pipe_file(inside, Path(local).read_bytes()[:-1] + b"!")


@pytest.mark.parametrize(
    "put, whole, told",
    [
        (breaking, False, "was not written: ConnectionResetError"),
        (lying, False, "is not what was sent: Differs"),
        (lying, True, "is not what was sent: Differs"),
    ],
)
def test_an_upload_that_goes_wrong_leaves_the_previous_one(
    put: Any, whole: bool, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    saveguard.save(model(), MEMORY, prove=False)
    before = content(MEMORY)
    monkeypatch.setattr(MemoryFileSystem, "put_file", put)
    monkeypatch.setattr(upload, "shows_whole", lambda files: whole)
    saved = model(5)
    with pytest.raises(saveguard.SaveguardError, match=told) as caught:
        saveguard.save(saved, MEMORY, prove=False)
    assert caught.value.codes == ("SG742",)
    assert (content(MEMORY) == before) is not whole
    assert list(MemoryFileSystem.store) == ["/models/m.keras"]
    (kept,) = tmp_path.glob("saveguard-kept-*/m.keras")
    assert kept.parent.name in str(caught.value)
    assert same(saveguard.load(kept), saved)


def test_a_file_that_is_not_proven_stays_on_this_machine(tmp_path: Path) -> None:
    saveguard.save(model(), MEMORY, prove=False)
    before = content(MEMORY)

    class Unregistered(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs

        def get_config(self) -> Any:
            raise ValueError("no configuration")

    wrong = keras.Sequential([keras.Input((3,)), Unregistered()])
    with pytest.raises(ValueError, match="no configuration") as caught:
        saveguard.save(wrong, MEMORY)
    assert content(MEMORY) == before
    rescued = list(tmp_path.glob("saveguard-kept-*/m.rescue.h5"))
    assert len(rescued) == 1 and str(rescued[0]) in "".join(caught.value.__notes__)


def test_what_is_not_there_or_not_reached_has_a_code() -> None:
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load("memory://models/none.keras")
    assert caught.value.codes == ("SG104",)
    assert "memory://models/none.keras" in str(caught.value)
    closed = "http://127.0.0.1:9/m.keras"
    for reading in (saveguard.load, saveguard.inspect, saveguard.verify):
        with pytest.raises(saveguard.SaveguardError) as caught:
            reading(closed)
        assert caught.value.codes == ("SG742",)
    report = saveguard.check(closed)
    assert report.codes == ("SG742",) and report.not_read and not report.ok
    with pytest.raises(saveguard.SaveguardError, match="nosuch"):
        saveguard.save(model(), "nosuch://models/m.keras")


def test_a_damaged_file_is_told_by_its_address() -> None:
    saveguard.save(model(), MEMORY, prove=False)
    files, inside = system(MEMORY)
    files.pipe_file(inside, content(MEMORY)[:-100])
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load(MEMORY)
    assert caught.value.codes == ("SG101",)
    assert "saveguard-near" not in str(caught.value)


def test_the_commands_take_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    saveguard.save(model(), MEMORY, prove=False)
    main(["inspect", MEMORY], standalone_mode=False)
    assert MEMORY in capsys.readouterr().out
    main(["check", MEMORY], standalone_mode=False)
    assert "saveguard-near" not in capsys.readouterr().out


class Cut:
    """A way to a server that breaks once some bytes have gone through."""

    def __init__(self, port: int, most: int) -> None:
        self.left, self.to = most, port
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while (found := source.recv(1 << 16)) and self.left > 0:
                self.left -= len(found)
                target.sendall(found)
        except OSError:
            pass
        source.close()
        target.close()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a real S3 server with a bucket."""
    with stores.s3_server(monkeypatch) as port:
        yield port


def test_s3_a_model_is_saved_and_comes_back(s3: int) -> None:
    address, saved = "s3://bucket/runs/m.keras", model()
    receipt = saveguard.save(saved, address, rows(4, 3))
    assert receipt.proven and receipt.upload is not None
    assert receipt.upload.commit == "upload"
    assert same(saveguard.load(address, compare=True), saved)
    assert saveguard.check(address).ok and saveguard.verify(address).ok
    assert [file.path for file in saveguard.check("s3://bucket/runs").files] == [address]
    assert saveguard.inspect(address).path == address
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load("s3://bucket/none.keras")
    assert caught.value.codes == ("SG104",)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(saved, "s3://nobucket/m.keras", prove=False)
    assert caught.value.codes == ("SG742",)


def test_s3_an_upload_in_parts_that_breaks_off_leaves_the_previous_one(
    s3: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, first = "s3://bucket/m.keras", model()
    saveguard.save(first, address, prove=False)
    before = content(address)
    large = keras.Sequential([keras.Input((4096,)), keras.layers.Dense(8192)])
    cut = Cut(s3, 60 << 20)
    stores.way_to_s3(monkeypatch, cut.port)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(large, address, prove=False)
    assert caught.value.codes == ("SG742",) and cut.left <= 0
    cut.listening.close()
    stores.way_to_s3(monkeypatch, s3)
    assert content(address) == before
    assert fsspec.filesystem("s3").ls("bucket") == ["bucket/m.keras"]
    saveguard.save(large, address, prove=False)
    assert same(saveguard.load(address), large)
