"""Models in Google Cloud Storage, by a server that speaks its protocol; skipped without gcsfs.

pip install gcsfs gcp-storage-emulator && pytest tests/test_remote_gcs.py
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import keras
import numpy as np
import pytest
from models import rows, shaken

import saveguard

# Newer releases of gcsfs ask for a bucket's kind by a protocol that no emulator has.
os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
pytest.importorskip("gcsfs")
emulator = pytest.importorskip("gcp_storage_emulator.server")
ADDRESS = "gs://bucket/runs/m.keras"


def model(units: int = 4) -> Any:
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units), keras.layers.Dense(2)])
    return shaken(made)


def same(one: Any, other: Any) -> bool:
    return all(map(np.array_equal, one.get_weights(), other.get_weights()))


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The file system of a server with a bucket; temporary files in a folder of the test's own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="bucket")
    server.start()
    given = {"endpoint_url": f"http://127.0.0.1:{port}", "token": "anon"}
    monkeypatch.setitem(fsspec.config.conf, "gs", {**given, "skip_instance_cache": True})
    yield fsspec.filesystem("gs")
    server.stop()


def test_a_model_is_saved_and_comes_back(store: Any) -> None:
    saved = model()
    receipt = saveguard.save(saved, ADDRESS, rows(4, 3))
    assert receipt.proven and receipt.upload is not None and receipt.upload.commit == "upload"
    assert same(saveguard.load(ADDRESS, compare=True), saved)
    assert saveguard.check(ADDRESS).ok and saveguard.verify(ADDRESS).ok
    assert saveguard.inspect(ADDRESS).path == ADDRESS
    for place in ("gs://bucket/runs", "gs://bucket/runs/*.keras"):
        assert [file.path for file in saveguard.check(place).files] == [ADDRESS]
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.load("gs://bucket/none.keras")
    assert caught.value.codes == ("SG104",)
    with pytest.raises(saveguard.SaveguardError) as caught:
        saveguard.save(saved, "gs://nobucket/m.keras", prove=False)
    assert caught.value.codes == ("SG742",)


def test_the_previous_one_is_kept_and_the_background_saves_too(store: Any) -> None:
    first, second = model(), model(5)
    saveguard.save(first, ADDRESS, prove=False)
    receipt = saveguard.save(second, ADDRESS, rows(4, 3), keep_previous=True, background=True)
    assert receipt.result().previous == f"{ADDRESS}.prev"
    assert same(saveguard.load(ADDRESS), second)
    store.mv(f"{ADDRESS}.prev", "gs://bucket/old.keras")
    assert same(saveguard.load("gs://bucket/old.keras"), first)


def test_weights_in_shards(store: Any) -> None:
    made = [shaken(keras.Sequential([keras.Input((64,)), keras.layers.Dense(64)]))] * 2
    made[1] = keras.models.clone_model(made[0])
    address = "gs://bucket/s/m.weights.json"
    receipt = saveguard.save(made[0], address, rows(4, 64), max_shard_size=20 / 1024**2)
    assert receipt.proven and len(store.find("bucket/s")) > 2
    saveguard.load_weights(made[1], address)
    assert same(*made)
