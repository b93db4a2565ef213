"""An audit as a page: lengths against the model's bounds, values against its padding value."""

from __future__ import annotations

import numpy as np
import pytest

import saveguard.data.audit as audits
from saveguard.data import charts
from saveguard.facts import Card

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def cards(tmp_path: object) -> dict[str, Card]:
    lengths = [3, 3, 5, 200, 0]
    table = pa.table(
        {
            "tokens": pa.array([[1] * n for n in lengths], pa.list_(pa.int32())),
            "price": pa.array([1.0, -2.0, 0.0, float("nan"), 5.0], pa.float32()),
        }
    )
    path = f"{tmp_path}/train.parquet"
    pq.write_table(table, path)
    line = "{price: float32[batch]; tokens: int32[batch, time<=128] vocabulary=9 pad=0 side=post}"
    return {card.title: card for card in audits.audit(path, line).cards()}


def test_lengths_with_bound_and_waste(cards: dict[str, Card]) -> None:
    chart = cards["tokens"].charts[0]
    assert chart.title == "Lengths" and sum(bar.count for bar in chart.bars) == 5
    assert [(mark.value, mark.label) for mark in chart.marks] == [(128, "model takes 128")]
    assert [bar.count for bar in chart.bars if bar.kind == "out" and bar.count] == [1]
    assert "Padded to the longest, 200: 79% of the steps are padding." in chart.told
    assert "1 is longer than the model takes." in chart.told


def test_values_with_the_padding_value(cards: dict[str, Card]) -> None:
    chart = cards["tokens"].charts[1]
    assert ("padding 0", "pad") in [(mark.label, mark.kind) for mark in chart.marks]
    assert "0.0% of them are at the padding value." in chart.told


def test_what_was_seen_with_the_first_places(cards: dict[str, Card]) -> None:
    (row,) = cards["price"].rows
    assert row[:3] == ("NaN", "1", "1") and row[3].endswith("train.parquet[3]")
    assert {"SG543"} <= set(cards["price"].codes)
    assert "empty sequences" in {row[0] for row in cards["tokens"].rows}


@pytest.mark.parametrize("value", [1.0, 0.5, 3.75, -1.0, -0.3, 1e-30, -7e20, 2.0])
def test_a_key_of_the_histogram_is_a_range_that_holds_the_value(value: float) -> None:
    key = int(np.float32(value).view(np.uint32)) >> 20
    low, high = charts.low(key), charts.high(key)
    assert low <= np.float32(value) <= high and high - low <= abs(value) / 8 * 1.01


def test_only_values_that_are_out_are_shown_as_such() -> None:
    for most in (47, 49, 50, 60):
        rows = [[n % 47 for n in range(400)], [most, 1]]
        (card,) = audits.audit(rows, "x: int32[batch, any] vocabulary=50").cards()
        bars = next(one for one in card.charts if one.title == "Values").bars
        assert bars[-1].high >= most and bars[-1].kind == ("out" if most >= 50 else "")


def test_buckets_are_suggested_with_what_they_leave(cards: dict[str, Card]) -> None:
    told = cards["tokens"].charts[0].told
    assert "saveguard.bucket makes 4 widths of them (1, 3, 5, 200): 0% is padding." in told


def test_long_sequences_are_counted_by_ranges() -> None:
    counts = ((10, 50), (4096, 3), (8192, 1))
    told = charts._buckets(counts, 500 + 3 * 4100 + 8200, 8200)
    assert "(10, 4,351, 8,200): 3" in told


def test_rows_that_show_most_come_first_and_the_test_data_have_cards(tmp_path: object) -> None:
    nan = float("nan")
    train = {"a": [1.0, nan, 0.5, 7.0], "b": [[0.5], [nan], [1.0, 2.0], [0.25]]}
    for name, rows in (("train", slice(0, 4)), ("test", slice(0, 2))):
        held = {column: values[rows] for column, values in train.items()}
        pq.write_table(pa.table(held), f"{tmp_path}/{name}.parquet")
    line = "{a: float32[batch] range=0..1; b: float32[batch, 1]}"
    report = audits.audit(f"{tmp_path}/train.parquet", line, test=f"{tmp_path}/test.parquet")
    found = {card.title: card for card in report.cards()}
    assert list(found) == [
        *("Worst rows", "a", "b"),
        *("Worst rows, test data", "a, test data", "b, test data"),
    ]
    worst = [(row[0].rpartition("/")[2], row[1]) for row in found["Worst rows"].rows]
    assert worst[0] == ("train.parquet[1]", "a: NaN (nan); b: NaN (nan)")
    assert ("test.parquet[0]", "rows that are in the other data, too") in [
        (row[0].rpartition("/")[2], row[1]) for row in found["Worst rows, test data"].rows
    ]
    assert found["a"].codes == ("SG542", "SG543") and found["a, test data"].codes == ("SG543",)
    assert "SG503" in found["b"].codes and "SG503" not in found["b, test data"].codes
