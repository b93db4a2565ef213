"""Archives of every layout, written by hand: no Keras is needed, old versions least of all."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

KERNEL = np.arange(6, dtype="float32").reshape(3, 2)
BIAS = np.array([0.5, -0.5], "float32")


def dense(**more: Any) -> dict[str, Any]:
    config = {"name": "dense", "units": 2, "activation": "relu", **more}
    return {"class_name": "Dense", "config": config}


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    """A model as Keras 2.2.4 and later describe it."""
    return {"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}}


def keras_3(*layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A model as Keras 3 describes it."""
    written = [{"module": "keras.layers", "registered_name": None, **one} for one in layers]
    return {"module": "keras", "registered_name": "Sequential", **sequential(*written), **more}


def weights(path: Path | io.BytesIO, arrays: Mapping[str, Any] | None = None, **how: Any) -> bytes:
    """A `.weights.h5` of Keras 3; its bytes."""
    held = {"layers/dense/vars/0": KERNEL, "layers/dense/vars/1": BIAS}
    with h5py.File(path, "w", **how) as file:
        for name, array in (held if arrays is None else arrays).items():
            file.create_dataset(name, data=array)
        file.require_group("optimizer/vars")["0"] = np.int64(7)
        file.require_group("layers/dropout/seed_generator/vars")["0"] = np.uint32([1, 2])
    return path.getvalue() if isinstance(path, io.BytesIO) else path.read_bytes()


def members(config: Any = None, **more: bytes) -> dict[str, bytes]:
    """What a `.keras` archive holds, by name."""
    metadata = {"keras_version": "3.15.1", "date_saved": "2026-01-01"}
    return {
        "metadata.json": json.dumps(metadata).encode(),
        "config.json": json.dumps(keras_3(dense()) if config is None else config).encode(),
        "model.weights.h5": weights(io.BytesIO()),
        **more,
    }


def zipped(path: Path, held: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    """A zip archive, with a fixed date."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in held.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, content)
    return path


def unpacked(path: Path, held: Mapping[str, bytes]) -> Path:
    """A folder."""
    for name, content in held.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def npz(**arrays: Any) -> bytes:
    """A `.npz` archive."""
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def legacy(path: Path, config: Any, training: Any = None, **how: Any) -> Path:
    """An `.h5` of a whole model, as Keras 1 to 2 and tf.keras write it."""
    with h5py.File(path, "w", **how) as file:
        file.attrs["keras_version"] = "2.2.4-tf"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(config).encode()
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        legacy_weights(file.create_group("model_weights"))
        optimizer = file.create_group("optimizer_weights")
        optimizer.attrs["weight_names"] = np.array([b"Adam/iter:0"])
        optimizer["Adam/iter:0"] = np.int64(3)
    return path


def legacy_weights(group: Any) -> None:
    """Layers and weights as the attributes of a legacy file list them."""
    group.attrs["layer_names"] = np.array([b"input", b"dense"])
    group.create_group("input").attrs["weight_names"] = np.zeros(0)
    layer = group.create_group("dense")
    names = [b"dense/kernel:0", b"dense/bias:0"]
    layer.attrs["weight_names"] = np.array(names)
    for name, array in zip(names, (KERNEL, BIAS), strict=True):
        layer[name.decode()] = array


TRAINING = {
    "loss": "mse",
    "metrics": ["accuracy"],
    "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.001}},
}


def shards(folder: Path) -> Path:
    """Weights in two shards, as `save_weights(max_shard_size=...)` writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    weights(folder / "m_00000.weights.h5", {"layers/dense/vars/0": KERNEL})
    weights(folder / "m_00001.weights.h5", {"layers/dense_1/vars/0": BIAS})
    document = {
        "metadata": {"total_size": 32},
        "weight_map": {
            "/layers/dense/vars": "m_00000.weights.h5",
            "/layers/dense_1/vars": ["m_00001.weights.h5"],
        },
    }
    path = folder / "m.weights.json"
    path.write_text(json.dumps(document))
    return path
