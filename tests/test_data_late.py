"""A column that stands only in later files, or later batches, is seen as if it had come first."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saveguard

LINE = "tokens: int32[batch]"
# Between the files that are begun to learn the columns.
LATE = 8
Rows = list[dict[str, int]]


def rows(number: int) -> Rows:
    found = [{"other": 10 * number + row} for row in range(3)]
    if number == LATE:
        for row in found:
            row |= {"tokens": number, "label": 1}
        found[1]["extra"] = 7
    return found


def of_csv(path: Path, held: Rows) -> None:
    names = list(dict.fromkeys(name for row in held for name in row))
    with path.with_suffix(".csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(held)


def of_jsonl(path: Path, held: Rows) -> None:
    path.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in held))


def of_tfrecord(path: Path, held: Rows) -> None:
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path.with_suffix(".tfrecord"))) as writer:
        for row in held:
            example = tf.train.Example()
            for name, value in row.items():
                example.features.feature[name].int64_list.value.append(value)
            writer.write(example.SerializeToString())


@pytest.fixture(params=[of_csv, of_jsonl, of_tfrecord])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    write: Callable[[Path, Rows], None] = request.param
    for number in range(12):
        write(tmp_path / f"{number:02}", rows(number))
    return tmp_path


def test_an_input_that_one_of_twelve_files_has_is_fed(folder: Path) -> None:
    report = saveguard.audit(folder, LINE, labels="label", classes=2)
    assert report.inputs == {"tokens": "tokens"}
    lacking = [one.message for one in report.findings if one.code == "SG501"]
    assert lacking == ["33 rows have no column `label`", "33 rows have no column `tokens`"]
    assert "no input takes `extra`, `other`" in report.read
    assert report.summary.columns["tokens"].maximum == LATE
    assert report.summary.rows == 36


def test_a_column_that_no_input_takes_is_counted_where_it_comes_late(folder: Path) -> None:
    report = saveguard.audit(folder, "other: int32[batch]")
    assert "no input takes `extra`, `label`, `tokens`" in report.read
    if any(folder.glob("*.csv")):  # its header was read beforehand
        assert report.findings == () and not report.summary.late
        return
    late = report.summary.late
    assert {name: (one.rows, one.axes) for name, one in late.items()} == {
        "extra": (1, 0),
        "label": (3, 0),
        "tokens": (3, 0),
    }
    assert {one.code for one in report.findings} == {"SG575"}
    first = report.findings[0]
    assert first.message == "1 row of 36 has a column `extra`, which comes first in row 1"
    assert Path(first.file).stem == f"{LATE:02}" and first.certainty == "possible"


def test_without_a_contract_it_is_looked_at_as_the_others_are(folder: Path) -> None:
    columns = saveguard.audit(folder).summary.columns
    assert columns["tokens"].rows == 3 and columns["tokens"].maximum == LATE


@pytest.mark.parametrize("line", [LINE, "other: int32[batch]", None])
def test_every_engine_tells_the_same_bytes(line: str | None, folder: Path) -> None:
    told = {
        saveguard.audit(folder, line, engine=engine, workers=workers).to_json()
        for engine, workers in (("local", 1), ("local", 3), ("processes", 2))
    }
    assert len(told) == 1


def test_finished_parts_are_kept_of_both_readings(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path.parent / f"{tmp_path.name}.kept"
    first = saveguard.audit(folder, LINE, resume=kept)
    sizes = {path: path.read_bytes() for path in kept.parent.glob(f"{kept.name}*")}
    again = saveguard.audit(folder, LINE, resume=kept)
    assert first.to_json() == again.to_json() == saveguard.audit(folder, LINE).to_json()
    assert sizes == {path: path.read_bytes() for path in sizes}


def test_a_column_behind_the_first_block_of_a_file_is_found(tmp_path: Path) -> None:
    long = {"other": "a" * (1 << 20)}
    lines = [json.dumps(long)] * 9 + [json.dumps({"tokens": 4})]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    report = saveguard.audit(tmp_path, LINE)
    assert [one.message for one in report.findings] == ["9 rows have no column `tokens`"]
    assert report.summary.columns["tokens"].maximum == 4


def test_a_feature_with_a_dot_in_its_name_is_no_struct(tmp_path: Path) -> None:
    of_tfrecord(tmp_path / "a", [{"image.id": 3, "image": 1}] * 2)
    report = saveguard.audit(tmp_path, "x: int32[batch]", columns={"x": "image.id"})
    assert report.summary.rows == 2
    assert report.summary.columns["image.id"].maximum == 3


X = np.ones((2, 3), "float32")


def later(*batches: Any) -> Iterator[Any]:
    yield from batches


def test_a_key_of_a_later_batch_is_told() -> None:
    held = {"x": X, "z": np.arange(2)}
    report = saveguard.audit(later({"x": X}, held, held), "x: float32[batch, 3]")
    late = [one for one in report.findings if one.code == "SG575"]
    assert [one.message for one in late] == [
        "4 rows of 6 have a column `z`, which comes first in row 2"
    ]


def test_an_input_that_only_a_later_batch_has_is_fed_from_there_on() -> None:
    line = "{x: float32[batch, 3]; z: float32[batch] range=0..2}"
    held = {"x": X, "z": np.array([1.0, 3.0])}
    report = saveguard.audit(later({"x": X}, held), line)
    assert report.inputs == {"x": "x", "z": "z"}
    assert {one.code: one.message for one in report.findings if one.code != "SG561"} == {
        "SG501": "2 rows have no column `z`",
        "SG542": "3.0 in row 3 of `z` is outside the range 0..2",
    }


def test_labels_that_only_a_later_batch_has_are_looked_at() -> None:
    report = saveguard.audit(later((X,), (X, np.array([0, 5]))), classes=3)
    assert {one.code for one in report.findings} == {"SG501", "SG508", "SG561"}


LATER = [{"x": X[0]}, {"x": X[1]}, {"x": X[0], "z": np.int64(3)}, {"x": X[1], "z": np.int64(4)}]
CAST = [{"x": np.array(row)} for row in ([1, 2, 3], [4, 5, 6], [0.7, 2.0, 3.0], [4.0, 5.0, 6.0])]


def of_torch(rows: list[Any]) -> Any:
    torch = pytest.importorskip("torch")
    return torch.utils.data.DataLoader(rows, batch_size=2)


def of_grain(rows: list[Any]) -> Any:
    grain = pytest.importorskip("grain")
    return grain.MapDataset.source(rows).batch(2).to_iter_dataset()


def of_grain_loader(rows: list[Any]) -> Any:
    grain = pytest.importorskip("grain")
    sampler = grain.samplers.IndexSampler(
        len(rows), grain.sharding.NoSharding(), shuffle=False, num_epochs=1, seed=0
    )
    batch = [grain.transforms.Batch(2)]
    return grain.DataLoader(data_source=rows, sampler=sampler, operations=batch, worker_count=0)


@pytest.mark.parametrize(
    "make", [pytest.param(of_torch, marks=pytest.mark.torch), of_grain, of_grain_loader]
)
@pytest.mark.parametrize(("rows", "code"), [(LATER, "SG575"), (CAST, "SG576")])
def test_a_loader_tells_what_a_generator_of_its_batches_does(
    rows: list[Any], code: str, make: Callable[[list[Any]], Any]
) -> None:
    pairs = ((rows[at], rows[at + 1]) for at in (0, 2))
    batches = later(*({name: np.stack([a[name], b[name]]) for name in a} for a, b in pairs))
    due, given = saveguard.audit(batches, "x: float32[batch, 3]"), make(rows)
    assert code in due.codes
    found = saveguard.audit(given, "x: float32[batch, 3]")
    name = f"a {type(given).__name__}"
    assert found.to_json().replace(name, "a generator") == due.to_json()


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("int32", 0.7, "0.699999988079071 in row 2 of `x` does not fit int32"),
        ("uint8", 300, "300.0 in row 2 of `x` does not fit uint8"),
        ("float64", 0.7, ""),
        ("int64", 4, ""),
    ],
)
def test_what_the_first_batch_s_dtype_does_not_hold_is_told_as_keras_casts_it(
    first: str, then: float, told: str
) -> None:
    keras = pytest.importorskip("keras")
    batches = [np.ones((2, 3), first), X * then]
    report = saveguard.audit(later(*batches), "x: float32[batch, 3]")
    found = [one.message for one in report.findings if one.code == "SG576"]
    text = f"{told}, the dtype of the first batch (6 such values)"
    assert found == ([text] if told else [])

    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.ops.sum(inputs, axis=-1, keepdims=True))
    given = model.predict(((batch,) for batch in batches), verbose=0)[2:]
    changed = not np.allclose(given, 3 * then, atol=1e-4)
    assert changed == (bool(told) and keras.backend.backend() == "tensorflow")
