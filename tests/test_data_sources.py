"""Each source gives what the format's own library gives, in order, to any process."""

from __future__ import annotations

import gzip
import pickle
import struct
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pytest

from saveguard.data.source import Part, Source, Trouble
from saveguard.data.sources import examples, records, runs, source


def rows_of(held: Source, columns: list[str] | None = None) -> list[dict[str, Any]]:
    """Every row, by parts that were pickled on the way."""
    found: list[dict[str, Any]] = []
    for part in held.parts():
        assert isinstance(part, Part), part
        for batch in held.read(pickle.loads(pickle.dumps(part)), columns):
            assert not isinstance(batch, Trouble), batch
            batch.validate(full=True)
            found += batch.to_pylist()
    return found


def troubles_of(held: Source) -> list[Trouble]:
    parts = list(held.parts())
    found = [one for one in parts if isinstance(one, Trouble)]
    for part in parts:
        if isinstance(part, Part):
            found += [one for one in held.read(part, None) if isinstance(one, Trouble)]
    return found


@pytest.mark.parametrize("dtype", ["float32", ">f8", "int8", "uint64", "bool", "float16"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_is_read_as_numpy_reads_it(dtype: str, order: Any, tmp_path: Path) -> None:
    array = np.asarray(np.arange(24).reshape(4, 3, 2).astype(dtype), order=order)
    np.save(tmp_path / "x-00001.npy", array)
    np.savez_compressed(tmp_path / "a.npz", x=array, y=np.arange(4))
    given = np.array([row["x"] for row in rows_of(source(tmp_path / "x-00001.npy"))])
    np.testing.assert_array_equal(given.astype(dtype), array)
    packed = rows_of(source(tmp_path / "a.npz"))
    np.testing.assert_array_equal(np.array([row["x"] for row in packed]).astype(dtype), array)
    assert [row["y"] for row in packed] == [0, 1, 2, 3]


def test_arrays_of_one_split_are_one_table(tmp_path: Path) -> None:
    held = {"x_train": np.zeros((5, 2)), "y_train": np.zeros(5), "x_test": np.ones((3, 2))}
    np.savez(tmp_path / "a.npz", **held)
    parts = [part for part in source(tmp_path / "a.npz").parts() if isinstance(part, Part)]
    assert [(part.at, part.rows) for part in parts] == [("x_train, y_train", 5), ("x_test", 3)]


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([[1], [2, 3]], object), allow_pickle=True)
    np.savez(tmp_path / "a.npz", x=np.array([[1], [2, 3]], object), y=np.arange(2))
    assert [one.code for one in troubles_of(source(tmp_path / "x.npy"))] == ["SG311"]
    held = source(tmp_path / "a.npz")
    assert [(one.code, one.column) for one in troubles_of(held)] == [("SG311", "x")]


def test_hdf5_is_read_as_h5py_reads_it(tmp_path: Path) -> None:
    sequences = [np.arange(length, dtype=np.int32) for length in (3, 0, 2)]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        held = file.create_dataset("seq", (3,), h5py.vlen_dtype(np.int32))
        for row, one in enumerate(sequences):
            held[row] = one
        file["text"] = ["a", "ä", ""]
        file.create_dataset("x", data=np.arange(12.0).reshape(3, 4), chunks=(2, 2), shuffle=True)
    rows = rows_of(source(tmp_path / "a.h5"))
    assert [row["seq"] for row in rows] == [one.tolist() for one in sequences]
    assert [row["text"] for row in rows] == ["a", "ä", ""]
    assert [row["x"] for row in rows] == np.arange(12.0).reshape(3, 4).tolist()


def test_a_model_is_no_data(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.attrs["model_config"] = "{}"
    assert [one.code for one in troubles_of(source(tmp_path / "m.h5"))] == ["SG582"]


EXAMPLES = [
    {"tokens": [1, -5, 2**40], "x": [0.5, 0.25], "s": [b"a", b"bc"], "label": [0]},
    {"tokens": [], "x": [1.0], "label": [2]},
    {"x": [2.0], "label": [1]},
    {"tokens": [7], "x": [3], "label": [1, 2]},
] + [{"tokens": [row, row], "x": [0.0, 1.0], "label": [row]} for row in range(40)]


@pytest.mark.parametrize("packing", ["", "GZIP"])
def test_tfrecord_is_read_as_tensorflow_wrote_it(packing: str, tmp_path: Path) -> None:
    import tensorflow as tf

    path = tmp_path / "train.tfrecord-00000-of-00001"
    with tf.io.TFRecordWriter(str(path), packing) as writer:
        for row in EXAMPLES:
            example = tf.train.Example()
            for name, values in row.items():
                feature = example.features.feature[name]
                kinds = {float: feature.float_list, bytes: feature.bytes_list}
                kinds.get(type((values or [0])[0]), feature.int64_list).value.extend(values)
            writer.write(example.SerializeToString())
    rows = rows_of(source(path))
    assert len(rows) == len(EXAMPLES)
    for given, due in zip(rows, EXAMPLES, strict=True):
        assert given["tokens"] == due.get("tokens")
        assert given["x"] == due["x"]
        assert given.get("s") == due.get("s")
        assert given["label"] == (due["label"][0] if len(due["label"]) == 1 else due["label"])


def test_a_sequence_example_is_lists_of_steps(tmp_path: Path) -> None:
    import tensorflow as tf

    held = tf.train.SequenceExample()
    held.context.feature["id"].int64_list.value.append(3)
    for step in ([1, 2], [], [3]):
        held.feature_lists.feature_list["t"].feature.add().int64_list.value.extend(step)
    with tf.io.TFRecordWriter(str(tmp_path / "a.tfrecord")) as writer:
        writer.write(held.SerializeToString())
    assert rows_of(source(tmp_path / "a.tfrecord")) == [{"id": 3, "t": [[1, 2], [], [3]]}]


def test_numbers_that_were_not_packed_are_read() -> None:
    float_list = b"".join(b"\x0d" + struct.pack("<f", value) for value in (1.5, -2.0))
    int_list = b"\x08\x05\x08\xac\x02"
    found = {}
    for name, field, body in (("f", b"\x12", float_list), ("i", b"\x1a", int_list)):
        feature = field + bytes([len(body)]) + body
        entry = b"\x0a\x01" + name.encode() + b"\x12" + bytes([len(feature)]) + feature
        features = b"\x0a" + bytes([len(entry)]) + entry
        held = examples.features(b"\x0a" + bytes([len(features)]) + features)
        found[name] = examples.column([held[name]]).to_pylist()
    assert found == {"f": [[1.5, -2.0]], "i": [[5, 300]]}


def test_a_length_that_was_forged_allocates_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.tfrecord").write_bytes(struct.pack("<QI", 1 << 60, 0) + b"x" * 100)
    (told,) = troubles_of(source(tmp_path / "a.tfrecord"))
    assert told.what.endswith("the file is no TFRecord file")
    assert not records.looks_so(b"short")


def test_csv_columns_are_what_their_values_are(tmp_path: Path) -> None:
    text = 'a,b,s\n1,0.5,x\n,nan,"y\nz"\n+3,-inf,\n'
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write(text)
    one, two, three = rows_of(source(tmp_path / "a.csv.gz"))
    assert (one, two["a"], two["s"]) == ({"a": 1, "b": 0.5, "s": "x"}, None, "y\nz")
    assert np.isnan(two["b"])
    assert (three["a"], three["b"], three["s"]) == (3, -np.inf, None)
    np.savetxt(tmp_path / "b.csv", np.array([[1.5, 2.5]]), delimiter=";")
    assert rows_of(source(tmp_path / "b.csv")) == [{"column_0": 1.5, "column_1": 2.5}]


def test_odd_rows_of_a_csv_stand_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3\n4,5\n6,7,8\n9,9\n")
    (part,) = source(tmp_path / "a.csv").parts()
    assert isinstance(part, Part)
    found = [
        one.row if isinstance(one, Trouble) else one.num_rows
        for one in source(tmp_path / "a.csv").read(part, None)
    ]
    assert found == [1, 1, 1, 3, 1]


def test_a_column_that_changes_its_type_is_cut_there() -> None:
    batches = list(runs.batches({"x": [[1], 2, [3, 4], None], "y": [0, 1, 2, 3]}))
    assert [batch.num_rows for batch in batches] == [1, 1, 2]
    assert [row for batch in batches for row in batch.to_pylist()] == [
        {"x": [1], "y": 0},
        {"x": 2, "y": 1},
        {"x": [3, 4], "y": 2},
        {"x": None, "y": 3},
    ]


def test_structs_dictionaries_and_tensors_are_told_plainly(tmp_path: Path) -> None:
    tensor = pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(12.0).reshape(2, 3, 2))
    held = pa.table(
        {
            "s": pa.array([{"a": 1}, None]),
            "d": pa.array(["u", "v"]).dictionary_encode(),
            "t": tensor,
        }
    )
    rows = rows_of(source_of(held, tmp_path))
    assert [row["s.a"] for row in rows] == [1, None]
    assert [row["d"] for row in rows] == ["u", "v"]
    assert rows[1]["t"] == [[6.0, 7.0], [8.0, 9.0], [10.0, 11.0]]


def source_of(table: pa.Table, folder: Path) -> Source:
    import pyarrow.feather as feather

    feather.write_feather(table, str(folder / "a.feather"))
    return source(folder / "a.feather")


def test_runs_of_one_value_are_told_as_values(tmp_path: Path) -> None:
    import pyarrow.compute as pc

    held = pa.table({"x": pc.run_end_encode(pa.array([1.5, 1.5, 2.0]))})
    with pa.ipc.new_file(str(tmp_path / "a.arrow"), held.schema) as file:
        file.write_table(held)
    assert [row["x"] for row in rows_of(source(tmp_path / "a.arrow"))] == [1.5, 1.5, 2.0]
