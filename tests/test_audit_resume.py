"""An audit that goes on where another ended reads no part twice."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import saveguard


def parquet(path: Path, rows: list[list[float]]) -> None:
    columns: dict[str, Any] = {"x": pa.array(rows, pa.list_(pa.float64()))}
    pq.write_table(pa.table(columns), path)


def test_finished_parts_are_kept_and_not_read_again(tmp_path: Path) -> None:
    data, kept_in = tmp_path / "data", tmp_path / "audit.jsonl"
    data.mkdir()
    parquet(data / "b.parquet", [[math.nan]])
    first = saveguard.audit(data, "x: float64[batch, 1]", resume=kept_in)
    parquet(data / "a.parquet", [[1.0], [2.0]])
    kept_in.write_bytes(kept_in.read_bytes() + b'{"part": "cut sho')
    again = saveguard.audit(data, "x: float64[batch, 1]", resume=kept_in)
    assert first.summary.rows == 1
    assert again.to_json() == saveguard.audit(data, "x: float64[batch, 1]").to_json()
    assert len(kept_in.read_text().splitlines()) == 3
    saveguard.audit(data, "x: float64[batch, 2]", resume=kept_in)
    assert len(kept_in.read_text().splitlines()) == 3


def test_a_part_that_changed_is_read_again(tmp_path: Path) -> None:
    data, kept_in = tmp_path / "data", tmp_path / "kept"
    data.mkdir()
    kept_in.mkdir()
    parquet(data / "a.parquet", [[1.0]])
    saveguard.audit(data, resume=kept_in)
    parquet(data / "a.parquet", [[1.0], [2.0]])
    assert saveguard.audit(data, resume=kept_in).summary.rows == 2
