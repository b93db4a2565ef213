"""The archives that mutations start from: every layout, plain and hostile."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import msgspec
import numpy as np

# The tests write the same archives by hand, and hold what is read of them.
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
import archives
import savedmodels


class Seed(msgspec.Struct, frozen=True):
    """An archive as files by name; `entry` is the one to check, empty for the folder itself.

    `zipped` seeds are packed after their members were mutated, so that checksums hold.
    """

    name: str
    files: dict[str, bytes]
    entry: str = ""
    zipped: bool = False


def seeds(folder: Path) -> Iterator[Seed]:
    """Every seed; `folder` is for the files on their way."""
    held = archives.members()
    rich = archives.keras_3(archives.dense(), compile_config=archives.TRAINING)
    yield Seed("members", archives.members(rich), "m.keras", zipped=True)
    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        path = archives.zipped(folder / f"{name}.keras", held, method)
        yield Seed(name, {"m.keras": path.read_bytes()}, "m.keras")
    arrays = archives.npz(dense=archives.KERNEL, bias=archives.BIAS)
    npz = {k: v for k, v in held.items() if "h5" not in k} | {"model.weights.npz": arrays}
    yield Seed("npz-inside", npz, "m.keras", zipped=True)
    yield Seed("npz", {"m.npz": arrays}, "m.npz")
    yield Seed("folder", held)
    yield from _hdf5(folder)
    archives.shards(folder / "shards")
    files = {path.name: path.read_bytes() for path in (folder / "shards").iterdir()}
    yield Seed("shards", files, "m.weights.json")
    yield from _saved_models(folder)
    yield from _nested()


def _hdf5(folder: Path) -> Iterator[Seed]:
    config = archives.sequential(archives.dense())
    for name, how in (
        ("h5", {}),
        ("h5-latest", {"libver": "latest"}),
        ("h5-user-block", {"userblock_size": 512}),
    ):
        path = archives.legacy(folder / f"{name}.h5", config, archives.TRAINING, **how)
        yield Seed(name, {"m.h5": path.read_bytes()}, "m.h5")
    content = archives.weights(folder / "w.weights.h5")
    yield Seed("weights", {"m.weights.h5": content}, "m.weights.h5")
    for name, how in (("linked", {}), ("linked-latest", {"libver": "latest"})):
        path = folder / f"{name}.h5"
        with h5py.File(path, "w", **how) as file:
            _odd(file)
        yield Seed(name, {"m.weights.h5": path.read_bytes()}, "m.weights.h5")


def _odd(file: Any) -> None:
    """What Keras never writes: rings, links, chunks, files outside, many names."""
    inner = file.create_group("layers/dense/vars")
    inner["ring"] = file["layers"]
    inner["again"] = inner["self"] = inner
    inner["soft"] = h5py.SoftLink("/layers/none")
    inner["out"] = h5py.ExternalLink("/etc/passwd", "/")
    inner.create_dataset("0", data=np.ones((9, 7), "f4"), chunks=(4, 3), compression="gzip")
    inner.create_dataset("1", (2, 2), "f4", external=[("/etc/hostname", 0, 16)])
    inner.create_dataset("2", (1 << 40,), "f4", chunks=(1 << 20,), compression="gzip")
    inner.create_virtual_dataset("3", h5py.VirtualLayout((4,), "f4"))
    inner.attrs["texts"] = ["one", "two"]
    for index in range(40):
        inner.attrs[f"a{index}"] = index
        file.create_dataset(f"many/{index}", data=np.float16(index))


def _saved_models(folder: Path) -> Iterator[Seed]:
    dense = {"class_name": "Dense", "config": {"name": "dense", "units": 2}}
    metadata = savedmodels.keras_metadata(("_tf_keras_sequential", archives.sequential(dense)))
    operations = [savedmodels.node("x", "Placeholder"), savedmodels.node("w", "WriteFile")]
    graph = savedmodels.saved_model(savedmodels.graph(operations))
    arrays = {"layer/kernel/.ATTRIBUTES/VARIABLE_VALUE": archives.KERNEL}
    path = savedmodels.write(folder / "saved", graph, arrays, metadata)
    files = {
        inner.relative_to(path).as_posix(): inner.read_bytes()
        for inner in sorted(path.rglob("*"))
        if inner.is_file()
    }
    yield Seed("savedmodel", files)


def _nested() -> Iterator[Seed]:
    """Configurations that go deep, or on and on."""
    layer: Any = archives.dense()
    for _ in range(60):
        layer = archives.sequential(layer)
    many = [archives.dense(name=f"d{index}") for index in range(300)]
    for name, config in (("deep", layer), ("wide", archives.sequential(*many))):
        yield Seed(name, archives.members(config), "m.keras", zipped=True)
    brackets = b'{"class_name": "Dense", "config": ' + b"[" * 3000 + b"]" * 3000 + b"}"
    yield Seed("brackets", archives.members() | {"config.json": brackets}, "m.keras", zipped=True)
    half = json.dumps(archives.keras_3(archives.dense(name="\ud800"))).encode()
    yield Seed("half", archives.members() | {"config.json": half}, "m.keras", zipped=True)
