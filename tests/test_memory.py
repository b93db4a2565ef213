"""A save in a process that may hardly take more memory: weights are streamed from the variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAVED = """
import os, re, resource, sys, keras, saveguard
target, share = sys.argv[1], float(sys.argv[2])
def model(units):
    inputs = keras.Input((units,))
    layers = [keras.layers.Dense(units, kernel_initializer="ones") for _ in range(12)]
    return keras.Model(inputs, keras.layers.Add()([layer(inputs) for layer in layers]))
def save(one):
    if sys.argv[3] == "keras":
        one.save(target)
    else:
        saveguard.save(one, target, prove=False)
save(model(2))  # whatever the first save imports is none of its cost
large = model(1536)
large(keras.ops.ones((1, 1536)))
weights = sum(array.nbytes for array in large.get_weights())
held = int(re.search(r"VmData:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (held + int(share * weights),) * 2)
save(large)
print("saved", weights)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def save(by: str, share: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A save in a process that may take no more than a share of the weights besides."""
    return subprocess.run(
        [sys.executable, "-c", SAVED, str(folder / f"{by}.keras"), share, by],
        env={**os.environ, "KERAS_BACKEND": "jax", "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_save_takes_a_tenth_of_the_weights_at_most(tmp_path: Path) -> None:
    ours = save("saveguard", "0.1", tmp_path)
    assert ours.returncode == 0 and ours.stdout.startswith("saved"), ours.stderr[-2000:]
    assert (tmp_path / "saveguard.keras").stat().st_size > 100_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_the_limit_is_one(tmp_path: Path) -> None:
    assert save("keras", "0.5", tmp_path).returncode != 0
