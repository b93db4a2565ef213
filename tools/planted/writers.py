"""The forms that an audit reads, each written by its own library."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tools.planted.defects import ARRAYS, CELLS, GAPS, NULLS, RAGGED, TYPES
from tools.planted.worlds import STEPS, World


class Form(NamedTuple):
    """One form of data.

    Attributes:
        write: Gives what the audit is to read.
        holds: What it can hold (`defects.RAGGED`, ...).
        columns: Where a column has one value a row: the columns that an input is made of.
        only: The one input that it can hold; empty: all, and the labels.
    """

    write: Callable[[World, Path], Any]
    holds: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] | None = None
    only: str = ""


def table(world: World) -> Any:
    import pyarrow as pa

    return pa.table(
        {
            "tokens": pa.array(world["tokens"]),
            "x": pa.array(world["x"], pa.list_(pa.float32())),
            "y": pa.array(world["y"]),
        }
    )


def _parquet(world: World, folder: Path) -> Any:
    import pyarrow.parquet as pq

    held = table(world)
    for number, start in enumerate(range(0, held.num_rows, held.num_rows)):
        path = folder / f"part-{number}.parquet"
        pq.write_table(held.slice(start), path, row_group_size=16)
    return folder


def _arrow(world: World, folder: Path) -> Any:
    import pyarrow as pa

    held = table(world)
    with pa.OSFile(str(folder / "a.arrow"), "wb") as sink, pa.ipc.new_file(sink, held.schema) as to:
        to.write_table(held, max_chunksize=16)
    return folder / "a.arrow"


def _stream(world: World, folder: Path) -> Any:
    import pyarrow as pa

    held = table(world)
    path = folder / "a.arrows"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, held.schema) as to:
        to.write_table(held, max_chunksize=16)
    return path


def _feather(world: World, folder: Path) -> Any:
    import pyarrow.feather as feather

    feather.write_feather(table(world), str(folder / "a.feather"), compression="zstd")
    return folder / "a.feather"


def _jsonl(world: World, folder: Path) -> Any:
    rows = [dict(zip(world, values, strict=True)) for values in zip(*world.values(), strict=True)]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "a.jsonl"


def _tfrecord(world: World, folder: Path) -> Any:
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(folder / "a.tfrecord.gz"), "GZIP") as writer:
        for values in zip(*world.values(), strict=True):
            example = tf.train.Example()
            for name, value in zip(world, values, strict=True):
                if value is None:
                    continue
                held = value if isinstance(value, list) else [value]
                feature = example.features.feature[name]
                real = any(isinstance(one, float) for one in held)
                (feature.float_list if real else feature.int64_list).value.extend(held)
            writer.write(example.SerializeToString())
    return folder / "a.tfrecord.gz"


def _hdf5(world: World, folder: Path) -> Any:
    import h5py

    with h5py.File(folder / "a.h5", "w") as file:
        for name, values in world.items():
            if not isinstance(values[0], list):
                file[name] = values
                continue
            real = name == "x" or any(isinstance(v, float) for row in values for v in row)
            kind = h5py.vlen_dtype(np.float32 if real else np.int64)
            held = file.create_dataset(name, (len(values),), kind)
            for row, value in enumerate(values):
                held[row] = value
    return folder / "a.h5"


def _npz(world: World, folder: Path) -> Any:
    np.savez_compressed(folder / "a.npz", **{name: np.array(held) for name, held in world.items()})
    return folder / "a.npz"


def _npy(world: World, folder: Path) -> Any:
    np.save(folder / "x.npy", np.array(world["x"]))
    return folder / "x.npy"


FLAT = {"tokens": tuple(f"t{n}" for n in range(STEPS)), "x": tuple(f"x{n}" for n in range(4))}


def _csv(world: World, folder: Path) -> Any:
    with (folder / "a.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*FLAT["tokens"], *FLAT["x"], "y"])
        for tokens, x, y in zip(*world.values(), strict=True):
            writer.writerow([*tokens, *x, y])
    return folder / "a.csv"


def _arrays(world: World) -> tuple[dict[str, Any], Any]:
    held = {name: np.array(values) for name, values in world.items()}
    return held, held.pop("y")


def _tf_data(world: World, _: Path) -> Any:
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(_arrays(world)).batch(16)


def _py_dataset(world: World, _: Path) -> Any:
    import keras

    x, y = _arrays(world)

    class Held(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no types
        def __len__(self) -> int:
            return (len(y) + 15) // 16

        def __getitem__(self, index: int) -> Any:
            some = slice(index * 16, index * 16 + 16)
            return {name: held[some] for name, held in x.items()}, y[some]

    return Held()


def _loader(world: World, _: Path) -> Any:
    import torch

    return torch.utils.data.DataLoader(_rows(*_arrays(world)), batch_size=16)


def _loader_of_lists(world: World, _: Path) -> Any:
    import torch

    return torch.utils.data.DataLoader(_plain(world), batch_size=16, collate_fn=_collated)


def _grain(world: World, _: Path) -> Any:
    import grain

    return grain.MapDataset.source(_rows(*_arrays(world))).batch(16)


def _grain_of_lists(world: World, _: Path) -> Any:
    import grain

    held = grain.MapDataset.source(_plain(world)).to_iter_dataset()
    return held.batch(16, batch_fn=_collated)


def _rows(x: Mapping[str, Any], y: Any) -> list[Any]:
    return [({name: held[row] for name, held in x.items()}, y[row]) for row in range(len(y))]


def _plain(world: World) -> list[Any]:
    x = dict(world)
    return _rows(x, x.pop("y"))


def _collated(rows: Any) -> Any:
    """Rows side by side as they are, which is what loaders of sequences do before they pad."""
    return {name: [x[name] for x, _ in rows] for name in rows[0][0]}, [y for _, y in rows]


def _pandas(world: World, _: Path) -> Any:
    import pandas as pd

    return pd.DataFrame(world)


def _polars(world: World, _: Path) -> Any:
    import polars as pl

    return pl.from_arrow(table(world))


def _memory(world: World, _: Path) -> Any:
    return dict(world)


def _generator(world: World, _: Path) -> Any:
    def batches() -> Iterator[Any]:
        for start in range(0, len(world["y"]), 16):
            held = {name: values[start : start + 16] for name, values in world.items()}
            labels = held.pop("y")
            yield held, labels

    return batches()


ALL = {
    "Parquet": Form(_parquet, (RAGGED, NULLS, GAPS)),
    "Arrow file": Form(_arrow, (RAGGED, NULLS, GAPS)),
    "Arrow stream": Form(_stream, (RAGGED, NULLS, GAPS)),
    "Feather": Form(_feather, (RAGGED, NULLS, GAPS)),
    "JSON lines": Form(_jsonl, (RAGGED, NULLS, GAPS, TYPES)),
    "CSV": Form(_csv, (ARRAYS, NULLS, CELLS), FLAT),
    "TFRecord": Form(_tfrecord, (RAGGED, NULLS)),
    "HDF5": Form(_hdf5, (RAGGED,)),
    "npz": Form(_npz, (ARRAYS,)),
    "npy": Form(_npy, (ARRAYS,), only="x"),
    "lists": Form(_memory, (RAGGED, NULLS, GAPS, TYPES)),
    "pandas": Form(_pandas, (RAGGED, TYPES)),
    "polars": Form(_polars, (RAGGED, NULLS, GAPS)),
    "batches": Form(_generator, (RAGGED, NULLS, GAPS, TYPES)),
    "tf.data": Form(_tf_data, (ARRAYS,)),
    "PyDataset": Form(_py_dataset, (ARRAYS,)),
    "DataLoader": Form(_loader, (ARRAYS,)),
    "DataLoader of lists": Form(_loader_of_lists, (RAGGED, NULLS, GAPS, TYPES)),
    "Grain": Form(_grain, (ARRAYS,)),
    "Grain of lists": Form(_grain_of_lists, (RAGGED, NULLS, GAPS, TYPES)),
}
# Forms of libraries that need not be here; `run.py --python` has another interpreter make them.
LIBRARIES = {
    **dict.fromkeys(("DataLoader", "DataLoader of lists"), "torch"),
    **dict.fromkeys(("Grain", "Grain of lists"), "grain"),
}
FORMS = {
    name: form for name, form in ALL.items() if importlib.util.find_spec(LIBRARIES.get(name, "csv"))
}
