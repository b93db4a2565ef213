"""What an audit finds in columns that are told row by row, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saveguard
from saveguard.contract import Contract
from saveguard.rules import forged

LISTS = pa.list_(pa.float64())


def parquet(folder: Path, name: str = "a.parquet", **columns: Any) -> Path:
    path = folder / name
    held = {
        key: value if isinstance(value, pa.Array) else pa.array(value)
        for key, value in columns.items()
    }
    pq.write_table(pa.table(held), path)
    return path


def seen(path: Path, line: str | None, column: str = "x", **options: Any) -> dict[str, Any]:
    """By kind: rows, values, and the places of the first."""
    report = saveguard.audit(path, line, **options)
    held = report.summary.columns[column].seen
    return {
        kind: (one.rows, one.values, [(w.row, w.at) for w in one.first])
        for kind, one in held.items()
    }


NAN, INF = float("nan"), float("inf")
CASES = {
    "values that are not finite": (
        "x: float64[batch, time]",
        [[1.0, NAN, NAN], [INF], [-INF, 2.0], [0.5]],
        {"nan": (1, 2, [(0, 1)]), "infinite": (2, 2, [(1, 0), (2, 0)])},
    ),
    "values that a cast changes": (
        "x: int8[batch, time]",
        [[1.0, 0.7], [127.0, 128.0, -129.0], [-128.0], [NAN, 3.0]],
        {"cast": (2, 3, [(0, 1), (1, 1)]), "nan": (1, 1, [(3, 0)])},
    ),
    "ids out of the vocabulary, and the padding value that may be": (
        "x: float64[batch, time] vocabulary=5 pad=-1",
        [[0.0, 4.0], [5.0, -1.0], [-2.0]],
        {"outside": (2, 2, [(1, 0), (2, 0)]), "trailing": (1, 1, [(1, -1)])},
    ),
    "padding by where it stands": (
        "x: float64[batch, 4] pad=0",
        [[0.0, 0.0, 1.0, 2.0], [1.0, 0.0, 2.0, 0.0], [0.0] * 4, [1.0, 2.0, 3.0, 4.0]],
        {
            "leading": (1, 2, [(0, -1)]),
            "between": (1, 1, [(1, -1)]),
            "trailing": (1, 1, [(1, -1)]),
            "masked": (1, 4, [(2, -1)]),
        },
    ),
    "nulls, and sequences without steps": (
        "x: float64[batch, time]",
        [None, [], [1.0, None], [2.0]],
        {"null": (1, 1, [(0, -1)]), "empty": (1, 1, [(1, -1)]), "null-value": (1, 1, [(2, 1)])},
    ),
    "lengths that the contract does not take": (
        "x: float64[batch, 2<=time<=3]",
        [[1.0], [1.0, 2.0], [1.0] * 4, []],
        {"length": (2, 2, [(0, -1), (2, -1)]), "empty": (1, 1, [(3, -1)])},
    ),
    "places behind nulls": (
        "x: float64[batch, time]",
        [[None, NAN], [1.0, None, None, INF]],
        {
            "null-value": (2, 3, [(0, 0), (1, 1)]),
            "nan": (1, 1, [(0, 1)]),
            "infinite": (1, 1, [(1, 3)]),
        },
    ),
    "nothing": ("x: float64[batch, time<=3] pad=0", [[1.0, 2.0], [3.0], [4.0, 5.0, 6.0]], {}),
}


@pytest.mark.parametrize("line, rows, expected", CASES.values(), ids=CASES)
def test_what_is_seen_is_counted_and_placed(
    tmp_path: Path, line: str, rows: list[Any], expected: dict[str, Any]
) -> None:
    assert seen(parquet(tmp_path, x=pa.array(rows, LISTS)), line) == expected


def test_a_step_of_several_values_is_padding_where_all_of_them_are(tmp_path: Path) -> None:
    rows = [
        [[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]],
        [[0.0, 0.0]],
        [[1.0, 2.0], [0.0, 0.0], [3.0, 0.0]],
    ]
    path = parquet(tmp_path, x=pa.array(rows, pa.list_(pa.list_(pa.float32()))))
    assert seen(path, "x: float32[batch, time, 2] pad=0") == {
        "leading": (1, 1, [(0, -1)]),
        "trailing": (1, 1, [(0, -1)]),
        "masked": (1, 1, [(1, -1)]),
        "between": (1, 1, [(2, -1)]),
    }


def test_null_rows_of_a_fixed_size_hide_what_arrow_keeps_there(tmp_path: Path) -> None:
    values = pa.array([1.0, 2.0, NAN, NAN, 5.0, 6.0], pa.float32())
    column = pa.FixedSizeListArray.from_arrays(values, 2, mask=pa.array([False, True, False]))
    assert seen(parquet(tmp_path, x=column), "x: float32[batch, 2]") == {"null": (1, 1, [(1, -1)])}


def test_scalars_where_sequences_are_due(tmp_path: Path) -> None:
    report = saveguard.audit(parquet(tmp_path, x=[1.5, 2.5]), "x: float32[batch, time]")
    assert report.codes == ("SG601",)
    assert (
        report.findings[0].message
        == "row 0 at `x[0]` is 1.5 where a sequence is due; 2 rows are so"
    )


def test_text_where_numbers_are_due(tmp_path: Path) -> None:
    report = saveguard.audit(parquet(tmp_path, x=["a", "b"]), "x: float32[batch, 1]")
    assert report.codes == ("SG541",)
    assert report.findings[0].message == "`x` holds text, the model takes float32"


def test_sequences_where_values_are_due(tmp_path: Path) -> None:
    path = parquet(tmp_path, x=pa.array([[[1.0]], [[2.0, 3.0]]]))
    (found,) = saveguard.audit(path, "x: float32[batch]").findings
    assert (found.code, found.message) == (
        "SG502",
        "rows of `x` are lists of lists of float64; the model takes 0 axes behind the batch",
    )


def test_the_type_of_nested_rows_is_told_whole(tmp_path: Path) -> None:
    images = pa.list_(pa.list_(pa.list_(pa.uint8(), 3), 32), 32)
    path = parquet(tmp_path, x=pa.array(np.zeros((2, 32, 32, 3), "u1").tolist(), images))
    found = saveguard.audit(path, "x: uint8[batch, 7]").findings
    assert "rows of `x` are uint8[32, 32, 3]; the model takes" in found[0].message


def test_an_input_without_a_column_names_the_columns(tmp_path: Path) -> None:
    path = parquet(tmp_path, a=[[1, 2]], b=[[3, 4]])
    report = saveguard.audit(path, "{tokens: int64[batch, 2]; b: int64[batch, 2]}")
    assert report.codes == ("SG501",)
    assert (
        report.findings[0].message == "no column feeds the input `tokens`; the columns are `a`, `b`"
    )
    named = saveguard.audit(
        path, "{tokens: int64[batch, 2]; b: int64[batch, 2]}", columns={"tokens": "a"}
    )
    assert named.findings == () and named.inputs == {"a": "tokens", "b": "b"}


def test_a_table_of_plain_columns_is_one_input_of_that_many_values(tmp_path: Path) -> None:
    path = parquet(tmp_path, a=[1.0, 2.0], b=[3.0, NAN], label=[0, 1])
    report = saveguard.audit(path, "x: float32[batch, 2]", labels="label", classes=2)
    assert report.codes == ("SG543",) and report.inputs == {"a": "x", "b": "x"}


def test_labels_are_held_against_the_classes(tmp_path: Path) -> None:
    path = parquet(tmp_path, x=[[1.0], [2.0], [3.0]], label=[0, 3, -1])
    report = saveguard.audit(path, "x: float64[batch, 1]", labels="label", classes=3)
    assert [one.message for one in report.findings] == [
        "label 3 in `label` is not among the classes 0 to 2; 2 rows are so"
    ]


@pytest.mark.parametrize(
    "loss, labels, told",
    [
        ("sparse_categorical_crossentropy", [0, 1], None),
        ("sparse_categorical_crossentropy", [[0], [1]], None),
        ("sparse_categorical_crossentropy", [0, 2], "label 2 in `label` is not among"),
        ("sparse_categorical_crossentropy", [[0, 1], [1, 0]], "the loss takes one number a row"),
        ("categorical_crossentropy", [[0.0, 1.0], [1.0, 0.0]], None),
        ("categorical_crossentropy", [0, 1], "2 rows of the labels `label` are int64; the loss"),
        ("categorical_crossentropy", [[0.0] * 3, [1.0] * 3], "the loss takes 2 values a row"),
    ],
)
def test_labels_are_held_against_the_loss_of_a_saved_model(
    tmp_path: Path, loss: str, labels: list[Any], told: str | None
) -> None:
    config = {**forged.model(), "compile_config": {"optimizer": "adam", "loss": loss}}
    model = forged.keras_file(tmp_path, config)
    path = parquet(tmp_path, tokens=[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], label=labels)
    messages = [one.message for one in saveguard.audit(path, model, labels="label").findings]
    assert len(messages) == (told is not None)
    assert all(str(told) in message for message in messages)


def test_labels_that_nobody_named_are_those_of_the_pairs_in_memory(tmp_path: Path) -> None:
    x, y = np.array([[0.25], [0.5]], "float32"), np.array([0, 5])
    assert saveguard.audit((x, y), "x: float32[batch, 1]", classes=2).codes == ("SG508",)
    assert saveguard.audit((x, y), "x: float32[batch, 1]").findings == ()


def test_a_file_that_lacks_a_column_is_told_with_its_rows(tmp_path: Path) -> None:
    parquet(tmp_path, "a.parquet", x=[[1.0], [2.0]])
    parquet(tmp_path, "b.parquet", z=[[1.0], [2.0], [3.0]])
    report = saveguard.audit(tmp_path, "x: float64[batch, 1]")
    assert report.codes == ("SG501",)
    assert report.findings[0].message == "3 rows have no column `x`"
    assert report.findings[0].file.endswith("b.parquet")


def test_padded_sequences_on_the_other_side(tmp_path: Path) -> None:
    path = parquet(tmp_path, x=pa.array([[0.0, 0.0, 1.0], [0.0, 2.0, 3.0]], LISTS))
    assert saveguard.audit(path, "x: float64[batch, 3] pad=0 side=post").codes == ("SG620",)
    assert saveguard.audit(path, "x: float64[batch, 3] pad=0 side=pre").findings == ()


def test_padding_on_both_sides_is_told_by_the_rarer(tmp_path: Path) -> None:
    rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]
    path = parquet(tmp_path, x=pa.array(rows, LISTS))
    found = saveguard.audit(path, "x: float64[batch, 3] pad=0").findings
    assert [(one.code, one.where, one.certainty) for one in found] == [
        ("SG620", "x[1]", "possible")
    ]
    assert (
        found[0].message
        == "rows of `x` have padding on either side: 1 before their data, 2 after them"
    )


def test_a_live_model_tells_contract_and_labels() -> None:
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    x = np.array([[0.25, 1.0], [0.5, np.nan]], "float32")
    report = saveguard.audit((x, np.array([0, 3])), model)
    assert report.codes == ("SG508", "SG543") and report.contract == "x: float32[batch, 2]"


def test_sequences_of_unequal_lengths_have_no_padding_yet(tmp_path: Path) -> None:
    path = parquet(tmp_path, x=pa.array([[0.0, 1.0], [2.0, 3.0, 0.0], [4.0]], LISTS))
    report = saveguard.audit(path, "x: float64[batch, time] pad=0 side=post")
    assert report.codes == ("SG604",)
    assert "2 steps are so" in report.findings[0].message


def test_rows_of_the_test_data_that_were_trained_on(tmp_path: Path) -> None:
    train = parquet(tmp_path, "train.parquet", x=[[1.0, 2.0], [3.0], []], t=["a", "b", None])
    test = parquet(tmp_path, "test.parquet", x=[[2.0, 1.0], [3.0], [3.0]], t=["a", "b", "c"])
    report = saveguard.audit(train, test=test)
    assert report.test is not None
    assert report.test.seen["duplicate"].first[0].row == 1
    assert report.test.seen["duplicate"].rows == 1
    assert "SG562" in report.codes and report.summary.keys is None


def test_what_is_in_no_part_of_the_sample_is_told_as_not_read(tmp_path: Path) -> None:
    for number in range(4):
        parquet(tmp_path, f"{number}.parquet", x=[[1.0]])
    report = saveguard.audit(tmp_path, sample=0.5)
    assert report.summary.parts == 2
    assert report.not_read == (f"2 of 4 parts of {tmp_path}, which the sample leaves out",)
    with pytest.raises(ValueError, match="share above 0 and at most 1, not 0"):
        saveguard.audit(tmp_path, sample=0)


def test_a_contract_is_taken_from_its_json(tmp_path: Path) -> None:
    file = tmp_path / "contract.json"
    file.write_text(Contract.parse("x: int32[batch, 1] vocabulary=2").to_json())
    assert saveguard.audit(parquet(tmp_path, x=[[1], [2]]), file).codes == ("SG542",)


def test_the_json_holds_the_summary(tmp_path: Path) -> None:
    report = saveguard.audit(parquet(tmp_path, x=[[1.0], [2.0]]), "x: float64[batch, 1]")
    told = json.loads(report.to_json())
    assert told["summary"]["columns"]["x"]["minimum"] == 1.0
    assert told["contract"] == "x: float64[batch, 1]"
    assert "`x` is lists of float64, 2 rows, axis 1 has 1 value" in str(report)
