"""Servers of stores, as tests reach them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import fsspec
import pytest


@contextlib.contextmanager
def s3_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a real S3 server with a bucket, which fsspec finds."""
    pytest.importorskip("s3fs")
    moto = pytest.importorskip("moto.server")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    way_to_s3(monkeypatch, port)
    fsspec.filesystem("s3").mkdir("bucket")
    yield port
    fsspec.filesystem("s3").rm("bucket", recursive=True)
    server.stop()


def way_to_s3(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Have fsspec take this port for S3."""
    given = {"endpoint_url": f"http://127.0.0.1:{port}", "skip_instance_cache": True}
    given["config_kwargs"] = {"retries": {"max_attempts": 1}, "read_timeout": 5}
    monkeypatch.setitem(fsspec.config.conf, "s3", given)
