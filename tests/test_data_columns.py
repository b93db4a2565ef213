"""The columns of a data set are those of all its parts, whichever comes first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saveguard
from saveguard.data import columns
from saveguard.data.source import Part
from saveguard.data.sources import source

LINE = "tokens: int32[batch, 3]"


def hdf5(path: Path, **held: Any) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in held.items():
            file[name.replace("__", "/")] = values
    return path


TOKENS, LABEL = np.ones((5, 3), "i4"), np.arange(5)


@pytest.mark.parametrize("group", ["a", "z", "tok", "tokens2"])
def test_a_group_takes_nothing_from_the_datasets_beside_it(group: str, tmp_path: Path) -> None:
    held = {f"{group}__x": np.zeros(2, "f4"), "tokens": TOKENS, "label": LABEL}
    path = hdf5(tmp_path / "a.h5", **held)
    report = saveguard.audit(path, LINE, labels="label", classes=5)
    assert report.codes == ("SG561",)  # the tokens are all 1
    assert report.inputs == {"tokens": "tokens"}
    assert set(report.summary.columns) == {"tokens", "label"}
    assert report.summary.rows == 5
    assert f"no input takes `{group}/x`" in report.read


def test_a_part_of_hdf5_is_read_from_its_own_group(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "a.h5", x=np.arange(3), x2__y=np.arange(3, 7))
    held = source(path)
    found = [
        batch.to_pydict()
        for part in held.parts()
        for batch in held.read(part, None)  # type: ignore[arg-type]
    ]
    assert found == [{"x": [0, 1, 2]}, {"x2/y": [3, 4, 5, 6]}]


def test_an_input_of_another_name_is_looked_for_beside_the_labels(tmp_path: Path) -> None:
    train, test = np.array([[0.25], [0.5]], "f4"), np.array([[0.75]], "f4")
    held = {"x_test": test, "y_test": [0], "x_train": train, "y_train": [0, 1]}
    np.savez(tmp_path / "a.npz", **held)
    report = saveguard.audit(tmp_path / "a.npz", "x: float32[batch, 1]", labels="y_train")
    assert report.findings == () and report.inputs == {"x_train": "x"}
    assert "no input takes `x_test`, `y_test`" in report.read
    unnamed = saveguard.audit(tmp_path / "a.npz", "x: float32[batch, 1]")
    assert unnamed.codes == ("SG501",)
    assert "`x_test`, `x_train`, `y_test`, `y_train`" in unnamed.findings[0].message


def without(file: str) -> dict[str, Any]:
    return {"other": [1, 2]} if file == "0" else {"tokens": [[1, 2, 3]], "label": [0]}


def parquet(path: Path, held: dict[str, Any]) -> None:
    pq.write_table(pa.table(held), path.with_suffix(".parquet"))


def arrow(path: Path, held: dict[str, Any]) -> None:
    with pa.ipc.new_file(str(path.with_suffix(".arrow")), pa.table(held).schema) as file:
        file.write_table(pa.table(held))


def jsonl(path: Path, held: dict[str, Any]) -> None:
    rows = [dict(zip(held, row, strict=True)) for row in zip(*held.values(), strict=True)]
    path.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize("write", [parquet, arrow, jsonl])
def test_a_file_without_the_columns_may_come_first(write: Any, tmp_path: Path) -> None:
    for file in ("0", "1"):
        write(tmp_path / file, without(file))
    told = [
        saveguard.audit(
            [tmp_path / name for name in names], LINE, labels="label", engine=engine, workers=2
        )
        for names in [sorted(one.name for one in tmp_path.iterdir())]
        for engine in ("local", "processes")
    ]
    assert [(one.code, one.message) for one in told[0].findings] == [
        ("SG501", "2 rows have no column `label`"),
        ("SG501", "2 rows have no column `tokens`"),
    ]
    assert told[0].to_json() == told[1].to_json()


def test_what_a_format_tells_is_what_is_read(tmp_path: Path) -> None:
    text, structured = np.array([["a"], ["b"]]), np.zeros(2, [("u", "i4"), ("v", "f4", (2, 2))])
    np.savez(tmp_path / "a.npz", text=text, structured=structured, half=np.zeros((2, 0), "f2"))
    np.save(tmp_path / "b.npy", structured)
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file.create_dataset("ragged", (2,), h5py.vlen_dtype(np.int32))[0] = [1, 2]
        file["text"], file["structured"] = ["a", "b"], structured
    table = pa.table({"s": [{"a": 1}, {"a": 2}], "l": [[[1.0]], []]})
    pq.write_table(table, tmp_path / "d.parquet")
    held = source(tmp_path)
    parts = [part for part in held.parts() if isinstance(part, Part)]
    assert len(parts) == 4
    for part in parts:
        (batch,) = held.read(part, None)
        assert isinstance(batch, pa.RecordBatch)
        assert part.columns == columns.told(batch.schema)


def test_of_many_files_that_do_not_tell_a_few_are_begun(tmp_path: Path) -> None:
    for number in range(20):
        jsonl(tmp_path / f"{number:02}", {"tokens": [[1, 2, 3]]} if number else {"x": [1]})
    (tmp_path / "00.jsonl").write_text("no JSON\n")

    class Counted:
        name, movable, begun = "counted", True, 0

        def __init__(self) -> None:
            self.of = source(tmp_path)

        def parts(self) -> Any:
            return self.of.parts()

        def read(self, part: Part, names: Any) -> Any:
            self.begun += 1
            return self.of.read(part, names)

    held = Counted()
    parts = [part for part in held.parts() if isinstance(part, Part)]
    assert columns.tables(held, parts, parts) == ({"tokens": 1},)
    assert held.begun == 8
    assert columns.tables(held, parts, parts[:1]) == ()


X_LINE = "x: float32[batch, 1]"


@pytest.mark.parametrize("label", ["label", "y/label"])
def test_inputs_and_labels_of_two_groups_are_one_table(label: str, tmp_path: Path) -> None:
    path = hdf5(tmp_path / "a.h5", x__tokens=TOKENS, y__label=LABEL, meta__by=np.arange(2))
    report = saveguard.audit(path, LINE, labels=label, classes=4)
    assert report.codes == ("SG508", "SG561")  # class 4 is out of range, the tokens are all 1
    assert report.inputs == {"x/tokens": "tokens"} and report.summary.rows == 5


def test_a_path_that_ends_as_an_input_feeds_it_where_one_does(tmp_path: Path) -> None:
    x, y = np.array([[0.25], [0.5]], "f4"), np.array([0, 1])
    one = hdf5(tmp_path / "one.h5", train__x=x, train__y=y)
    assert saveguard.audit(one, X_LINE, labels="y", classes=2).findings == ()
    both = hdf5(tmp_path / "both.h5", train__x=x, train__y=y, test__x=x[:1], test__y=y[:1])
    beside = saveguard.audit(both, X_LINE, labels="train/y", classes=2)
    assert beside.findings == () and beside.inputs == {"train/x": "x"}
    missing, stranger = sorted(
        saveguard.audit(both, X_LINE, labels="y", classes=2).findings, key=lambda one: one.code
    )
    assert missing.fix == "say which of them is meant: --map x=test/x or --map x=train/x"
    assert stranger.fix == "write `test/y` or `train/y`, if that was meant"


def test_folds_of_one_size_stay_apart(tmp_path: Path) -> None:
    x, y = np.array([[0.25], [0.5]], "f4"), np.array([0, 1])
    path = hdf5(tmp_path / "a.h5", fold_1__x=x, fold_1__y=y, fold_2__x=x, fold_2__y=y)
    assert saveguard.audit(path).summary.rows == 4
