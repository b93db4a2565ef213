"""What a model at an address is made of, brought in parts; requested bytes are counted."""

from __future__ import annotations

import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import msgspec
import pytest
import stores
from click.testing import CliRunner

import saveguard
from saveguard.cli.main import main

MB = 10**6


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of 200 MB, and one of 20 kB in shards, as Keras and as Saveguard write them."""
    folder = tmp_path_factory.mktemp("large")
    zeros: Any = {"kernel_initializer": "zeros"}
    blocks = [keras.layers.Dense(2048, **zeros) for _ in range(12)]
    model = keras.Sequential([keras.Input((2048,)), *blocks])
    saveguard.save(model, folder / "ours.keras", prove=False)
    model.save(folder / "keras.keras")
    model.save_weights(folder / "w.weights.h5")
    small = keras.Sequential([keras.Input((64,)), *(keras.layers.Dense(64) for _ in range(3))])
    size = 20 / 1024**2
    saveguard.save(small, folder / "s.weights.json", max_shard_size=size, prove=False)
    return folder


@pytest.fixture
def store(request: pytest.FixtureRequest, monkeypatch: Any, tmp_path: Path) -> Iterator[Any]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with stores.store(request.param, monkeypatch) as made:
        yield made


s3 = pytest.mark.parametrize("store", ["s3"], indirect=True)
everywhere = pytest.mark.parametrize("store", stores.KINDS, indirect=True)


@pytest.mark.slow
@s3
@pytest.mark.parametrize("name", ["ours.keras", "keras.keras", "w.weights.h5"])
def test_less_than_a_hundredth_of_a_large_file_is_brought(
    store: Any, large: Path, name: str
) -> None:
    store.files.put_file(str(large / name), store.at(name))
    assert (large / name).stat().st_size > 200 * MB
    way = stores.Way(store.port)
    store.reach(way.port)
    found = saveguard.inspect(store.at(name))
    print(f"{name}: {way.passed:,} bytes came")
    assert way.passed < 2 * MB
    assert found == msgspec.structs.replace(saveguard.inspect(large / name), path=store.at(name))


@everywhere
@pytest.mark.parametrize("name", ["s.weights.json", "some.keras", "some.h5", "some"])
def test_it_is_what_the_file_itself_says(
    store: Any, large: Path, tmp_path: Path, name: str
) -> None:
    here = large / name
    if name.startswith("some"):
        here = tmp_path / name
        made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        made.save(tmp_path / ("some.h5" if name == "some.h5" else "some.keras"))
    if name == "some":
        zipfile.ZipFile(tmp_path / "some.keras").extractall(here)
    for one in large.glob("s*") if name == "s.weights.json" else [here]:
        store.files.put(str(one), store.at(one.name), recursive=True)
    found = saveguard.inspect(store.at(name))
    assert found.layers or found.layout == "shards"
    assert found == msgspec.structs.replace(saveguard.inspect(here), path=store.at(name))


@everywhere
def test_a_file_cut_short_and_one_that_is_not_there(
    store: Any, large: Path, tmp_path: Path
) -> None:
    whole = (large / "ours.keras").read_bytes()[: 5 * MB]
    for size in (0, 100, 5 * MB):
        (tmp_path / "cut.keras").write_bytes(whole[:size])
        store.files.pipe_file(store.at("cut.keras"), whole[:size])
        found = saveguard.inspect(store.at("cut.keras"))
        here = saveguard.inspect(tmp_path / "cut.keras")
        assert found == msgspec.structs.replace(here, path=store.at("cut.keras"))
    store.files.put_file(str(large / "s.weights.json"), store.at("s.weights.json"))
    assert "has no member" in saveguard.inspect(store.at("s.weights.json")).damage
    done = CliRunner().invoke(main, ["inspect", store.at("none.keras")])
    assert done.exit_code == 2 and "there is no such file" in done.output


@s3
def test_what_may_not_be_read_has_a_code(store: Any, monkeypatch: Any) -> None:
    import s3fs

    async def refused(*_: Any, **__: Any) -> Any:
        raise PermissionError("Access Denied")

    with monkeypatch.context() as patched:
        patched.setattr(s3fs.S3FileSystem, "_call_s3", refused)
        with pytest.raises(saveguard.SaveguardError, match="Access Denied") as caught:
            saveguard.inspect(store.at("m.keras"))
    assert caught.value.codes == ("SG742",)


@s3
def test_a_way_that_breaks_is_gone_again_and_then_told(store: Any, large: Path) -> None:
    store.files.put_file(str(large / "ours.keras"), store.at("m.keras"))
    way = stores.Way(store.port, 100_000)
    store.reach(way.port)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.inspect(store.at("m.keras"))
    assert caught.value.codes == ("SG742",) and way.broken


class Plain(http.server.BaseHTTPRequestHandler):
    """A server that sends files whole, whatever part is asked for."""

    content = b""
    parts = False

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        if self.parts:
            self.send_header("Accept-Ranges", "bytes")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(self.content)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.mark.parametrize("says", [False, True])
def test_a_server_that_gives_no_parts_gives_the_whole(
    tmp_path: Path, monkeypatch: Any, says: bool
) -> None:
    layer = keras.layers.Dense(1024)
    model = keras.Sequential([keras.Input((1024,)), layer])
    saveguard.save(model, tmp_path / "m.keras", prove=False)
    monkeypatch.setattr(Plain, "content", (tmp_path / "m.keras").read_bytes())
    monkeypatch.setattr(Plain, "parts", says)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/m.keras"
    try:
        found = saveguard.inspect(address)
        assert saveguard.check(address).ok
    finally:
        server.shutdown()
        server.server_close()
    here = saveguard.inspect(tmp_path / "m.keras")
    assert found == msgspec.structs.replace(here, path=address)
