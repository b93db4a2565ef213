"""Writes archives by hand: zip, HDF5, npz."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

METADATA = {"keras_version": "3.15.1", "date_saved": "2026-11-01@12:00:00"}


def weights(arrays: dict[str, Any] | None = None) -> bytes:
    """A `model.weights.h5` with a Dense layer's two arrays, or with `arrays`."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        found = {"layers/dense/vars/0": np.ones((3, 2), "f4"), "layers/dense/vars/1": np.ones(2)}
        for path, value in (found if arrays is None else arrays).items():
            file[path] = np.asarray(value, "float32")
    return buffer.getvalue()


def keras_zip(
    path: Path, config: Any, *, metadata: Any = METADATA, more: dict[str, bytes] | None = None
) -> Path:
    """A `.keras` file; `config` may be bytes, `more` are further members."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", config if isinstance(config, bytes) else json.dumps(config))
        archive.writestr("model.weights.h5", weights())
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return path


def h5(path: Path, config: Any, **attributes: Any) -> Path:
    """A whole model in HDF5, as Keras 2 wrote it."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = config if isinstance(config, bytes) else json.dumps(config)
        file.attrs["keras_version"] = "2.11.0"
        file.attrs["backend"] = "tensorflow"
        for name, value in attributes.items():
            file.attrs[name] = json.dumps(value)
        group = file.create_group("model_weights/dense")
        group.attrs["weight_names"] = [b"dense/kernel:0"]
        group["dense/kernel:0"] = np.ones((3, 2), "f4")
        file["model_weights"].attrs["layer_names"] = [b"dense"]
    return path


def npy(descr: str, shape: tuple[int, ...], content: bytes) -> bytes:
    """An `.npy` member, header and content as given."""
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


def npz(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
