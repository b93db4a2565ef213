"""The parts of a source: their order, their names, and that another process can read them."""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import source


def written(folder: Path, name: str, rows: int) -> Path:
    path = folder / name
    table = pa.table({"x": [[float(row)] * (row % 3) for row in range(rows)], "y": range(rows)})
    pq.write_table(table, path, row_group_size=4)
    return path


def test_parts_are_row_groups_in_the_order_of_the_files(tmp_path: Path) -> None:
    for name in ("b.parquet", "a.parquet"):
        written(tmp_path, name, 10)
    parts = list(source(tmp_path).parts())
    assert [part.name.removeprefix(f"{tmp_path}/") for part in parts if isinstance(part, Part)] == [
        f"{name}.parquet, row group {group}" for name in "ab" for group in range(3)
    ]
    assert [(part.first_row, part.rows) for part in parts[:3] if isinstance(part, Part)] == [
        (0, 4),
        (4, 4),
        (8, 2),
    ]


def test_a_part_that_was_pickled_gives_its_rows_and_the_columns_that_are_there(
    tmp_path: Path,
) -> None:
    held = source(str(written(tmp_path, "a.parquet", 10)))
    part = list(held.parts())[1]
    assert held.movable and not isinstance(part, Trouble)
    held, part = pickle.loads(pickle.dumps((held, part)))
    rows = [row for batch in held.read(part, ["y", "z"]) for row in batch.to_pylist()]
    assert rows == [{"y": row} for row in range(4, 8)]
