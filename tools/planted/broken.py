"""Files that are cut, damaged, missing or no data, each beside what an audit still reads of it."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROWS = 1000


class Broken(NamedTuple):
    """One way in which a file goes wrong.

    Attributes:
        make: Writes it into a folder, and gives what the audit is asked.
        code: The one code that must be told.
        rows: How many rows are read nevertheless; None: some, and not all.
    """

    name: str
    make: Callable[[Path], Any]
    code: str
    rows: int | None = 0


def _x() -> Any:
    return np.random.default_rng(0).uniform(0.1, 0.9, ROWS).astype(np.float32)


def _cut(path: Path, share: float = 0.5873) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def _table() -> Any:
    import pyarrow as pa

    return pa.table({"x": _x()})


def _parquet(folder: Path) -> Path:
    import pyarrow.parquet as pq

    pq.write_table(_table(), folder / "a.parquet", row_group_size=100)
    return folder / "a.parquet"


def _parquet_inside(folder: Path) -> Path:
    """A page of the second half is overwritten; the footer is whole."""
    path = _parquet(folder)
    data = bytearray(path.read_bytes())
    data[2300:2360] = b"\xff" * 60
    path.write_bytes(data)
    return path


def _stream(folder: Path) -> Path:
    import pyarrow as pa

    held = _table()
    path = folder / "a.arrows"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, held.schema) as to:
        to.write_table(held, max_chunksize=100)
    return _cut(path)


def _feather(folder: Path) -> Path:
    import pyarrow.feather as feather

    feather.write_feather(_table(), str(folder / "a.feather"))
    return _cut(folder / "a.feather")


def _tfrecord(folder: Path, packing: str = "") -> Path:
    import tensorflow as tf

    path = folder / "a.tfrecord"
    with tf.io.TFRecordWriter(str(path), packing) as writer:
        for value in _x():
            example = tf.train.Example()
            example.features.feature["x"].float_list.value.append(float(value))
            writer.write(example.SerializeToString())
    return path


def _flipped(folder: Path) -> Path:
    """One bit of the eleventh record; each has as many bytes."""
    path = _tfrecord(folder)
    data = bytearray(path.read_bytes())
    data[len(data) // ROWS * 10 + 20] ^= 1
    path.write_bytes(data)
    return path


def _npy(folder: Path) -> Path:
    np.save(folder / "x.npy", _x())
    return folder / "x.npy"


def _npz(folder: Path) -> Path:
    np.savez(folder / "a.npz", x=_x())
    return _cut(folder / "a.npz")


def _hdf5(folder: Path) -> Path:
    import h5py

    with h5py.File(folder / "a.h5", "w") as file:
        file["x"] = _x()
    return _cut(folder / "a.h5")


def _csv(folder: Path, odd: str) -> Path:
    rows = [f"{value},{row % 2}" for row, value in enumerate(_x())]
    rows[10] = odd
    (folder / "a.csv").write_text("\n".join(["x,y", *rows]) + "\n")
    return folder / "a.csv"


def _jsonl(folder: Path, odd: str) -> Path:
    rows = [json.dumps({"x": float(value)}) for value in _x()]
    rows[10] = odd
    (folder / "a.jsonl").write_text("\n".join(rows) + "\n")
    return folder / "a.jsonl"


def _gzip_csv(folder: Path) -> Path:
    with gzip.open(folder / "a.csv.gz", "wt") as file:
        file.write("\n".join(["x", *map(str, _x())]))
    return _cut(folder / "a.csv.gz")


def _written(folder: Path, name: str, content: bytes = b"") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def _two(folder: Path) -> Path:
    _csv(folder, "0.5,0")
    _parquet(folder)
    return folder


def _objects(folder: Path) -> Path:
    np.save(folder / "x.npy", np.array([[1, 2], [3]], object), allow_pickle=True)
    return folder / "x.npy"


def _uneven(folder: Path) -> Path:
    np.savez(folder / "a.npz", x=_x(), y=np.arange(ROWS - 1))
    return folder / "a.npz"


def _locked(folder: Path) -> Path:
    path = _npy(folder)
    path.chmod(0)
    return path


def _stops(_: Path) -> Any:
    def batches() -> Any:
        yield _x()[:100]
        raise FileNotFoundError("b.png")

    return batches()


BROKEN = (
    Broken("a missing file", lambda folder: folder / "train.parquet", "SG580"),
    Broken("a glob without matches", lambda folder: folder / "*.parquet", "SG580"),
    Broken("an empty folder", lambda folder: folder, "SG580"),
    Broken("a Parquet file cut short", lambda folder: _cut(_parquet(folder)), "SG581"),
    Broken("a damaged page of Parquet", _parquet_inside, "SG581", None),
    Broken("an Arrow stream cut short", _stream, "SG581", None),
    Broken("a Feather file cut short", _feather, "SG581"),
    Broken("a TFRecord file cut short", lambda folder: _cut(_tfrecord(folder)), "SG581", None),
    Broken("gzip TFRecord cut short", lambda to: _cut(_tfrecord(to, "GZIP")), "SG581", None),
    Broken("a flipped bit in TFRecord", _flipped, "SG581", ROWS - 1),
    Broken("an .npy cut short", lambda folder: _cut(_npy(folder)), "SG581", None),
    Broken("an .npz cut short", _npz, "SG581"),
    Broken("an HDF5 file cut short", _hdf5, "SG581"),
    Broken("a gzip CSV cut short", _gzip_csv, "SG581", None),
    Broken("a CSV without bytes", lambda folder: _written(folder, "a.csv"), "SG581"),
    Broken("a TFRecord file without bytes", lambda to: _written(to, "a.tfrecord"), "SG581"),
    Broken("lines of JSON without bytes", lambda to: _written(to, "a.jsonl"), "SG581"),
    Broken(
        "a pointer of Git LFS",
        lambda to: _written(to, "a.npy", b"version https://git-lfs"),
        "SG581",
    ),
    Broken("no known format", lambda to: _written(to, "a.xyz", b"\x07\x01\x00"), "SG582"),
    Broken("a single value", lambda to: _written(to, "a.npy", _scalar()), "SG582"),
    Broken("two formats in one folder", _two, "SG583", 2 * ROWS),
    Broken("a CSV row of three values", lambda to: _csv(to, "1,2,3"), "SG584", ROWS - 1),
    Broken("a line that is no JSON", lambda to: _jsonl(to, '{"x": 0.'), "SG584", ROWS - 1),
    Broken("Python objects in .npy", _objects, "SG311"),
    Broken("arrays of unequal rows", _uneven, "SG504", ROWS - 1),
    Broken("a generator that stops", _stops, "SG591", 100),
)
# For root every file can be read.
if os.geteuid():
    BROKEN += (Broken("no permission", _locked, "SG702"),)


def _scalar() -> bytes:
    import io

    held = io.BytesIO()
    np.save(held, np.float32(3))
    return held.getvalue()
