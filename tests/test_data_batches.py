"""Batches of every framework, frames and plain data: the same columns and rows from each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import saveguard
from saveguard.data.source import Part, Trouble
from saveguard.data.sources import source

X = np.linspace(0, 1, 40, dtype=np.float32).reshape(10, 4)
Y = np.arange(10) % 3
CONTRACT = "x: float32[batch, 4] range=0..1"


def columns_of(data: Any) -> dict[str, list[Any]]:
    held = source(data)
    found: dict[str, list[Any]] = {}
    for part in held.parts():
        assert isinstance(part, Part), part
        for batch in held.read(part, None):
            assert not isinstance(batch, Trouble), batch
            for name, values in batch.to_pydict().items():
                found.setdefault(name, []).extend(values)
    return found


def batched(size: int = 4) -> Iterator[tuple[Any, Any]]:
    for start in range(0, len(X), size):
        yield X[start : start + size], Y[start : start + size]


def same(found: dict[str, list[Any]]) -> None:
    assert list(found) == ["x", "y"]
    np.testing.assert_array_equal(np.array(found["x"], np.float32), X)
    assert found["y"] == Y.tolist()


def test_arrays_tuples_and_generators() -> None:
    same(columns_of((X, Y)))
    same(columns_of({"x": X, "y": Y}))
    same(columns_of(batched()))
    same(columns_of([(X[:4], Y[:4]), (X[4:], Y[4:])][0:0] or iter([(X, Y)])))


def test_structures_have_the_names_that_a_user_writes() -> None:
    assert list(columns_of(({"a": X, "b": X}, {"k": Y}))) == ["a", "b", "y['k']"]
    assert list(columns_of(((X, X), Y, np.ones(10)))) == ["x[0]", "x[1]", "y", "sample_weight"]
    assert columns_of([[1, 2], [3]]) == {"x": [[1, 2], [3]]}


def test_a_tensorflow_data_set_is_read_batch_by_batch() -> None:
    import tensorflow as tf

    same(columns_of(tf.data.Dataset.from_tensor_slices((X, Y)).batch(3)))
    ragged = tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[1, 2], [], [3]])).batch(2)
    assert columns_of(ragged) == {"x": [[1, 2], [], [3]]}


def test_a_py_dataset_is_read_by_number() -> None:
    import keras

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return 5

        def __getitem__(self, index: int) -> Any:
            return X[2 * index : 2 * index + 2], Y[2 * index : 2 * index + 2]

    same(columns_of(Batches()))


@pytest.mark.torch
def test_a_torch_loader_is_read() -> None:
    torch = pytest.importorskip("torch")
    held = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    loader = torch.utils.data.DataLoader(held, batch_size=3)
    same(columns_of(loader))
    assert columns_of(torch.ones(2, 2, dtype=torch.bfloat16)) == {"x": [[1.0, 1.0], [1.0, 1.0]]}


def test_a_grain_loader_is_read() -> None:
    grain = pytest.importorskip("grain")
    held = grain.MapDataset.source([{"x": x, "y": y} for x, y in zip(X, Y, strict=True)])
    same(columns_of(held.batch(3)))
    same(columns_of(held.to_iter_dataset().batch(3)))


def test_what_repeats_without_end_is_told_and_not_read() -> None:
    class Repeated:
        def __init__(self, length: int | None) -> None:
            self.length = length

        def __len__(self) -> int:
            if self.length is None:
                raise TypeError("it has no len()")
            return self.length

        def __iter__(self) -> Iterator[Any]:
            return iter([X[:3]])

    assert saveguard.audit(Repeated(sys.maxsize // 256), CONTRACT).codes == ("SG592",)
    assert saveguard.audit(Repeated(None), CONTRACT).summary.rows == 3


def test_frames_and_tables_are_read_without_a_copy_of_their_own() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    held = {"x": X.tolist(), "y": Y.tolist()}
    for frame in (pa.table(held), polars.DataFrame(held), pandas.DataFrame(held)):
        same(columns_of(frame))


def test_a_batch_that_stops_or_is_none_is_told_in_its_place() -> None:
    def stops() -> Iterator[Any]:
        yield X[:4]
        yield 3.0
        raise ValueError("no such file")

    report = saveguard.audit(stops(), CONTRACT)
    assert (report.codes, report.summary.rows) == (("SG591",), 4)
    stopped, single = sorted(report.summary.troubles["SG591"].first, key=lambda one: one.place)
    assert (single.place, single.column) == ("batch 1", "x")
    assert stopped.what == "it stops with batch 2: ValueError: no such file"


def test_an_unknown_object_is_no_data() -> None:
    with pytest.raises(TypeError, match="no data set: int"):
        source(3)
