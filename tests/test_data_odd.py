"""Odd but lawful files are read as what they are, and what no reader takes is told in its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saveguard

LINE = "a: float32[batch]"


def columns_of(path: Path, line: str | None = None) -> dict[str, int]:
    report = saveguard.audit(path, line)
    return {name: column.rows for name, column in report.summary.columns.items()}


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('"a\nb",label\n1,0\n2,5\n', {"a\nb": 2, "label": 2}),
        ("\n\na,b\n1,2\n\n3,4\n", {"a": 2, "b": 2}),
        (",a,\n0,1,\n1,2,\n", {"column_0": 2, "a": 2, "column_2": 2}),
        ("first name\nAda Love\nJohn Smith\n", {"first name": 2}),
        ("1.0 2.0\n3.0 4.0\n", {"column_0": 2, "column_1": 2}),
        ('text;n\n"a, b";1\n"c, d";2\n', {"text": 2, "n": 2}),
        ("é.a,c d\n1,2\n", {"é.a": 1, "c d": 1}),
    ],
)
def test_a_csv_is_read_as_it_is_written(text: str, columns: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert columns_of(path) == columns
    assert saveguard.audit(path).not_read == ()


def test_truths_of_a_csv_are_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\nTrue\nfalse\n\n")
    report = saveguard.audit(tmp_path / "a.csv", LINE)
    assert report.findings == ()
    assert list(report.summary.columns["a"].types) == ["bool"]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_utf_16_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes('{"a": 1}\n'.encode("utf-16"))
    (found,) = saveguard.audit(tmp_path / name).findings
    assert found.code == "SG577" and "it is UTF-16" in found.message


@pytest.mark.parametrize("value", ['"\\ud800"', "[" * 3000 + "]" * 3000])
def test_a_value_that_nothing_holds_costs_its_line(value: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"a": {value}}}\n{{"a": "x"}}\n')
    report = saveguard.audit(tmp_path / "a.jsonl")
    assert report.codes == ("SG584",) and report.summary.rows == 1


@pytest.mark.parametrize("name", ["a.csv", "a.npy", "a.parquet", "a.jsonl"])
def test_data_without_rows_are_told(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "a.npy":
        np.save(path, np.zeros((0, 3)))
    elif name == "a.parquet":
        pq.write_table(pa.table({"a": pa.array([], pa.float32())}), path)
    else:
        path.write_text("a,b\n" if name == "a.csv" else "\n")
    assert saveguard.audit(path).codes == ("SG602",)


def test_a_single_value_in_an_npz_costs_nothing_else(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", scale=np.float32(3), a=np.arange(3.0))
    report = saveguard.audit(tmp_path / "a.npz", LINE)
    assert report.codes == ("SG582",) and report.inputs == {"a": "a"}
    np.savez(tmp_path / "b.npz")
    assert saveguard.audit(tmp_path / "b.npz").codes == ("SG582",)


def nested() -> pa.Table:
    words = pa.list_(pa.dictionary(pa.int8(), pa.string()))
    return pa.table(
        {
            "s": [{"a": 1, "b": None}, {"a": 2, "b": [1]}],
            "map": pa.array([[("k", 1)]] * 2, pa.map_(pa.string(), pa.int32())),
            "structs": [[{"a": 1}], []],
            "words": pa.array([["x"], ["y"]], words),
        }
    )


def test_of_a_struct_only_the_field_that_was_asked_for_is_looked_at(tmp_path: Path) -> None:
    pq.write_table(nested(), tmp_path / "a.parquet")
    with pa.ipc.new_file(str(tmp_path / "a.arrow"), nested().schema) as file:
        file.write_table(nested())
    for name in ("a.parquet", "a.arrow"):
        report = saveguard.audit(tmp_path / name, LINE, columns={"a": "s.a"})
        assert report.findings == () and list(report.summary.columns) == ["s.a"]


def test_rows_of_maps_and_structs_are_known_again(tmp_path: Path) -> None:
    pq.write_table(nested(), tmp_path / "a.parquet")
    other = nested().slice(0, 1)
    report = saveguard.audit(tmp_path / "a.parquet", test=other)
    (found,) = (one for one in report.findings if one.code == "SG562")
    assert found.message.startswith("1 of 1 row of the test data")
    assert "`words` is lists of string, 2 rows, axis 1 has 1 value" in report.read


def test_text_beside_one_number_is_no_constant(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n3\nx\n")
    assert saveguard.audit(tmp_path / "a.csv").findings == ()


def test_images_of_any_spelling_are_seen_and_hidden_ones_are_not(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (4, 4)).save(tmp_path / "a.PNG")
    image.new("RGB", (4, 4)).save(tmp_path / "b.JPG")
    image.new("RGB", (8, 8)).save(tmp_path / ".hidden.png")
    (tmp_path / "c.png").symlink_to(tmp_path / "a.PNG")
    (tmp_path / "d.png").symlink_to(tmp_path / "gone.png")
    report = saveguard.audit(tmp_path)
    assert report.summary.rows == 3 and report.codes == ("SG580",)
