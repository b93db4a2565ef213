"""What lies oddly on a disk is counted once, and what is not read is always told."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saveguard


def test_a_link_to_a_folder_around_it_counts_no_row_twice(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(3.0))
    (tmp_path / "inner").mkdir()
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "inner" / "up").symlink_to("..")
    assert saveguard.audit(tmp_path).summary.rows == 3


def test_links_to_each_other_end(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "a.npy", np.arange(3.0))
        (tmp_path / name / "to").symlink_to(tmp_path / other)
    assert saveguard.audit(tmp_path / "one").summary.rows == 6


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "stored").mkdir()
    np.save(tmp_path / "stored" / "a.npy", np.arange(3.0))
    (tmp_path / "data" / "part").symlink_to(tmp_path / "stored")
    assert saveguard.audit(tmp_path / "data").summary.rows == 3


def test_a_dataset_that_no_input_takes_does_not_cost_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(3.0)
        file.create_dataset("ref", (3,), dtype=h5py.ref_dtype)
        file["z"] = np.zeros(3, complex)
    report = saveguard.audit(path)
    assert report.codes == ("SG582",) and report.summary.rows == 3
    assert list(report.summary.columns) == ["x"]
    assert report.not_read == (
        f"{path}: `ref` holds object, which no input of a model takes",
        f"{path}: `z`: its values are complex128, which no input of a model takes",
    )


def test_an_hdf5_file_without_datasets_is_not_clean(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    h5py.File(path, "w").close()
    report = saveguard.audit(path)
    assert report.codes == ("SG582",)
    assert report.not_read == (f"{path}: it holds no dataset that has rows",)


def test_json_beside_data_is_no_data(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1.0, 2.0]}), tmp_path / "a.parquet")
    (tmp_path / "dataset_info.json").write_text(json.dumps({"rows": 2}))
    (tmp_path / "splits.json").write_text(json.dumps(["train"]))
    report = saveguard.audit(tmp_path)
    assert report.findings == () and report.summary.rows == 2


def test_json_alone_is_data(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.json").write_text(json.dumps({"x": number}) + "\n")
    assert saveguard.audit(tmp_path).summary.rows == 2


def test_an_array_of_objects_is_told_as_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    rows = np.empty(2, object)
    np.savez(path, x=rows, y=np.arange(2))
    report = saveguard.audit(path)
    assert report.codes == ("SG311",)
    assert report.not_read == (f"{path}: `x` holds Python objects, which are a pickle",)


def test_an_address_of_no_known_kind_is_not_called_damaged() -> None:
    report = saveguard.audit("s3x://bucket/a.parquet")
    assert report.codes == ("SG589",)
    assert report.findings[0].message == (
        "s3x://bucket/a.parquet cannot be reached: ValueError: Protocol not known: s3x"
    )


def test_a_number_of_classes_that_none_can_be_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.arange(2), y=np.arange(2))
    with pytest.raises(ValueError, match="classes=-1: a model has one class at least"):
        saveguard.audit(tmp_path / "a.npz", labels="y", classes=-1)


@pytest.mark.parametrize("given", ["", "  "])
def test_an_empty_contract_is_a_line_without_an_input(given: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(2))
    with pytest.raises(saveguard.SaveguardError) as error:
        saveguard.audit(tmp_path / "x.npy", given)
    assert error.value.codes == ("SG540",)


def test_a_tfrecord_file_that_is_packed_with_zlib_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    path.write_bytes(zlib.compress(b"records" * 9))
    (found,) = saveguard.audit(path).findings
    assert found.message.endswith(
        "the file is packed with ZLIB, which is not read: write it with compression_type='GZIP'"
    )


@pytest.mark.parametrize("batched", [False, True])
def test_columns_of_unequal_lengths_are_read_as_far_as_all_go(batched: bool) -> None:
    data: Any = {"x": [0.5, 1.5, 2.5], "y": [1, 0]}
    report = saveguard.audit(iter([data]) if batched else data)
    assert report.codes == ("SG504",) and report.summary.rows == 2
    assert "`x` has 3 rows and `y` has 2" in report.findings[0].message


def test_an_engine_that_is_none_is_refused_whatever_the_data() -> None:
    engine: Any = "spark"
    with pytest.raises(ValueError, match="engine='spark': there are 'local', 'processes', 'ray'"):
        saveguard.audit({"x": [1.0]}, engine=engine)
