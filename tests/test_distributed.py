"""On several devices and in several processes one writes, and all agree: real runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent / "distributed" / "training.py"
BACKENDS = {"mirrored": "tensorflow", "tensorflow-workers": "tensorflow"}
pytestmark = pytest.mark.skipif(os.name != "posix", reason="starts clusters on this machine")


def run(kind: str, folder: Path, processes: int, **more: str) -> list[dict[str, Any]]:
    """What each of the processes of a training told."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "KERAS_BACKEND": BACKENDS.get(kind, "jax"), **more}
    if kind == "jax":
        environment["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
    elif kind == "jax-processes":
        environment["XLA_FLAGS"] = "--xla_force_host_platform_device_count=1"
    command = [sys.executable, str(SCRIPT), kind, str(folder)]
    begun = [
        subprocess.Popen(
            [*command, str(rank), str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(processes)
    ]
    said = [process.communicate(timeout=240) for process in begun]
    for process, (_, error) in zip(begun, said, strict=True):
        if process.returncode != 0:
            raise AssertionError(error[-3000:])
    return [json.loads(out.strip().splitlines()[-1]) for out, _ in said]


@pytest.mark.parametrize("kind", ["mirrored", pytest.param("jax", marks=pytest.mark.cluster)])
def test_several_devices_of_one_process(tmp_path: Path, kind: str) -> None:
    (told,) = run(kind, tmp_path, 1)
    assert told["preflight"] is True
    assert told["written"]
    assert all(told["written"])
    assert len(list(tmp_path.glob("m-*.keras"))) == len(told["written"])


@pytest.mark.cluster
@pytest.mark.parametrize("kind", ["jax-processes", "tensorflow-workers"])
def test_of_several_processes_one_writes_and_all_agree(tmp_path: Path, kind: str) -> None:
    try:
        run(kind, tmp_path, 2, PLAIN="1")
    except AssertionError as error:  # Keras 3.15.1 cannot, under MultiWorkerMirroredStrategy
        pytest.skip(f"Keras itself cannot train so: {str(error).strip().splitlines()[-1]}")
    first, second = run(kind, tmp_path, 2)
    assert first["preflight"] is True
    assert first["written"]
    assert all(first["written"])
    assert (second["preflight"], second["written"]) == (None, [])
    assert first["best"] == pytest.approx(second["best"])
    assert len(list(tmp_path.glob("m-*.keras"))) == len(first["written"])
