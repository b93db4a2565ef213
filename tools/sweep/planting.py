"""Plant one difference in a written file, and make its checksums and digests agree with it.

What is left to notice the difference is the proof itself: the reload, the digests of single
variables that the save recorded, and the outputs.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
OWN = "saveguard"  # the group and the key under which Saveguard keeps what it recorded
# Keys whose change by itself means nothing, or is no layer's own argument.
_KEPT = {"trainable", "built", "build_config", "inbound_nodes", "module", "batch_shape", "seed"}
_PARTS = ("keras.initializers", "keras.regularizers", "keras.constraints")


def change_value(source: Path, target: Path, choice: int) -> str:
    """Flip the lowest bit of one value of one array; says which, or empty without arrays."""

    def change(file: h5py.File) -> str:
        names = [name for name in _arrays(file) if file[name].size]
        if not names:
            return ""
        name = names[choice % len(names)]
        array = file[name][()]
        raw = np.atleast_1d(array).reshape(-1).view("uint8").copy()
        raw[(choice % array.size) * array.dtype.itemsize] ^= 1
        file[name][...] = raw.view(array.dtype).reshape(array.shape)
        return f"one bit of {name}"

    return _rewrite(source, target, change)


def swap_arrays(source: Path, target: Path, choice: int) -> str:
    """Exchange two arrays of one shape and dtype; says which, or empty where there are none."""

    def change(file: h5py.File) -> str:
        pairs = list(_pairs(file))
        if not pairs:
            return ""
        first, second = pairs[choice % len(pairs)]
        kept = file[first][()]
        file[first][...] = file[second][()]
        file[second][...] = kept
        return f"{first} and {second} exchanged"

    return _rewrite(source, target, change)


def settings(config: dict[str, Any]) -> list[tuple[tuple[Any, ...], Any, Any]]:
    """(place, value, other value) of every number, switch and object that layers are given."""
    return list(_settings(config.get("config", {}), ("config",)))


def replaced(config: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A configuration with another value at one place."""
    changed = json.loads(json.dumps(config))
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return dict(changed)


def _settings(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    if isinstance(value, dict):
        if value.get("class_name") == "InputLayer":
            return
        if value.get("module") in _PARTS:
            yield place, value, None
        for key in sorted(value, key=str):
            if key not in _KEPT and not key.startswith(("input_", "output_")):
                yield from _settings(value[key], (*place, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _settings(part, (*place, index))
    elif isinstance(value, bool):
        yield place, value, not value
    elif isinstance(value, (int, float)):
        yield place, value, value + 1 if isinstance(value, int) else value * 0.5 + 0.125


def _arrays(file: h5py.File) -> list[str]:
    """Weight arrays in a file; random generators start afresh after a load, so not their seeds."""
    names: list[str] = []

    def visit(name: str, item: Any) -> None:
        own = name.startswith(f"{OWN}/") or "seed_generator" in name
        if isinstance(item, h5py.Dataset) and not own and item.dtype.kind in "fiub":
            names.append(name)

    file.visititems(visit)
    return sorted(names)


def _pairs(file: h5py.File) -> Iterator[tuple[str, str]]:
    names = _arrays(file)
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            one, other = file[first], file[second]
            alike = one.shape == other.shape and one.dtype == other.dtype
            if alike and one[()].tobytes() != other[()].tobytes():
                yield first, second


def _rewrite(source: Path, target: Path, change: Callable[[h5py.File], str]) -> str:
    with zipfile.ZipFile(source) as archive:
        members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    weights = io.BytesIO(members[WEIGHTS])
    with h5py.File(weights, "r+") as file:
        told = change(file)
    if told:
        write(target, {**members, WEIGHTS: weights.getvalue()})
    return told


def write(target: Path, members: dict[str, bytes]) -> None:
    """Write an archive, with the digests in its receipt made to agree with its members."""
    metadata = json.loads(members[METADATA])
    digests = metadata[OWN]["digests"]
    for name in digests:
        if digests[name].startswith("crc32"):
            digests[name] = f"crc32:{zlib.crc32(members[name]):08x}"
        else:
            digests[name] = f"sha256:{hashlib.sha256(members[name]).hexdigest()}"
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**members, METADATA: json.dumps(metadata).encode()}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
