"""Servers of stores, as tests reach them, and ways to them that count, or break."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

# Newer releases of gcsfs ask for a bucket's kind by a protocol that no emulator has.
os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
KINDS = ("memory", "s3", "gs")


class Store(NamedTuple):
    """A store with an empty bucket.

    Attributes:
        root: The bucket's address.
        commit: How a saved file appears there.
        port: Of its server; 0 where it has none.
        reach: Has fsspec take another port for it.
        pending: The uploads that were begun and are not ended.
    """

    root: str
    commit: str = "upload"
    port: int = 0
    reach: Callable[[int], None] = lambda port: None
    pending: Callable[[], list[Any]] = list

    @property
    def files(self) -> Any:
        """Its file system, which knows nothing of yesterday."""
        return fsspec.filesystem(self.root.partition(":")[0])

    def at(self, name: str) -> str:
        """The address of a name in it."""
        return f"{self.root}/{name}"

    def names(self) -> list[str]:
        """What lies in it."""
        return sorted(found.split("bucket/", 1)[1] for found in self.files.find(self.root))

    def content(self, name: str) -> bytes:
        """The bytes of one of them."""
        return bytes(self.files.cat_file(self.at(name)))


@contextlib.contextmanager
def store(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store of a kind; the test is skipped where what reaches it is not installed."""
    if kind == "memory":
        MemoryFileSystem.store.clear()
        yield Store("memory://bucket", "rename")
        return
    with (s3_server if kind == "s3" else gs_server)(monkeypatch) as port:
        if kind == "s3":
            yield _s3(monkeypatch, port)
        else:
            yield Store("gs://bucket", "upload", port, lambda to: way_to_gs(monkeypatch, to))


def _s3(monkeypatch: pytest.MonkeyPatch, port: int) -> Store:
    def reach(to: int) -> None:
        way_to_s3(monkeypatch, to)

    def pending() -> list[Any]:
        return list(fsspec.filesystem("s3").list_multipart_uploads("bucket"))

    return Store("s3://bucket", "upload", port, reach, pending)


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
    way_to_s3(monkeypatch, port)
    fsspec.filesystem("s3").clear_multipart_uploads("bucket")
    fsspec.filesystem("s3").rm("bucket", recursive=True)
    server.stop()


def way_to_s3(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Have fsspec take this port for S3."""
    given = {"endpoint_url": f"http://127.0.0.1:{port}", "skip_instance_cache": True}
    given["config_kwargs"] = {"retries": {"max_attempts": 1}, "read_timeout": 5}
    monkeypatch.setitem(fsspec.config.conf, "s3", given)


@contextlib.contextmanager
def gs_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server of Google Cloud Storage's protocol with a bucket."""
    retry = pytest.importorskip("gcsfs.retry")
    emulator = pytest.importorskip("gcp_storage_emulator.server")

    async def at_once(_seconds: float) -> None:
        """In place of half a minute of waiting between its tries."""

    monkeypatch.setattr(retry, "asyncio", types.SimpleNamespace(sleep=at_once))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="bucket")
    server.start()
    way_to_gs(monkeypatch, port)
    yield port
    server.stop()


def way_to_gs(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Have fsspec take this port for Google Cloud Storage."""
    given = {"endpoint_url": f"http://127.0.0.1:{port}", "token": "anon"}
    monkeypatch.setitem(fsspec.config.conf, "gs", {**given, "skip_instance_cache": True})


class Way:
    """A way to a server of this machine.

    Attributes:
        passed: Bytes that came from the server.
        left: Bytes that may still go through, both ways; then it breaks.
        again: It breaks once, and what is connected after that goes through.
    """

    def __init__(self, port: int, left: float = float("inf"), *, again: bool = False) -> None:
        self.passed, self.left, self.again = 0, left, again
        self.broken, self._to = False, port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(*pair, far), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (found := source.recv(1 << 16)) and not self._breaks(len(found)):
                self.passed += len(found) if source is far else 0
                target.sendall(found)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # the other thread may be waiting for it
            end.close()

    def _breaks(self, count: int) -> bool:
        self.left -= count
        if self.left >= 0:
            return False
        self.broken = True
        if self.again:
            self.left = float("inf")
        return True
