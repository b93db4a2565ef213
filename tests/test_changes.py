"""The parts of a diff: numbers, JSON documents, and which layers and arrays are the same."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saveguard.archive.budget import Damaged
from saveguard.archive.nodes import walk
from saveguard.examine.changes import changes
from saveguard.examine.layers import layers
from saveguard.examine.numbers import compare
from saveguard.examine.pairs import same_arrays, same_layers
from saveguard.facts import ArchiveFacts, StoredArray


def stored(folder: Path, name: str, values: Any, dtype: str = "float32") -> StoredArray:
    array = np.asarray(values, dtype)
    (folder / name).write_bytes(array.tobytes())
    place = {"member": "", "offset": 0, "source": str(folder / name), "stored": array.nbytes}
    return StoredArray(path=name, shape=array.shape, dtype=array.dtype.name, **place)


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    "before, after, told",
    [
        ([1, 2], [1, 2], (0, 0, 0, 0)),
        ([NAN, INF, -INF, 0.0], [NAN, INF, -INF, -0.0], (0, 0, 0, 0)),
        ([1, 2, 4], [1, 3, 2], (2, 2, 0.5, 0)),
        ([NAN, 1, 2], [1, NAN, 4], (3, 2, 0.5, 2)),
        ([INF, 1], [1, 1], (1, INF, INF, 0)),
        ([INF], [-INF], (1, INF, INF, 0)),
        ([0], [1e-30], (1, 1e-30, 1, 0)),
        ([], [], (0, 0, 0, 0)),
    ],
)
def test_numbers(tmp_path: Path, before: Any, after: Any, told: tuple[float, ...]) -> None:
    found = compare(stored(tmp_path, "a", before), stored(tmp_path, "b", after))
    assert found == pytest.approx(told)


def test_numbers_of_two_dtypes(tmp_path: Path) -> None:
    count = 3_000_000
    wide = stored(tmp_path, "a", np.arange(count) % 1000, "float64")
    narrow = stored(tmp_path, "b", np.arange(count) % 1000, "float16")
    assert compare(wide, narrow).differing == 0
    bits = stored(tmp_path, "c", [True, False], "bool"), stored(tmp_path, "d", [1, 1], "int64")
    assert compare(*bits) == (1, 1.0, 1.0, 0)


def test_values_that_are_not_there_are_told(tmp_path: Path) -> None:
    one, other = stored(tmp_path, "a", [1, 2]), stored(tmp_path, "b", [1, 2])
    Path(other.source).write_bytes(b"1234")
    with pytest.raises(Damaged):
        compare(one, other)


@pytest.mark.parametrize(
    "before, after, told",
    [
        (1, 1.0, []),
        (True, 1, [("changed", "$")]),
        (math.nan, math.nan, []),
        ([1, 2], [1, 3], [("changed", "$[1]")]),
        ([1, 2], [1], [("changed", "$")]),
        ({"a": 1, "b c": 2}, {"a": 1}, [("removed", "$['b c']")]),
        ([None, 3], {"class_name": "__tuple__", "items": [None, 3]}, []),
        ({"keras_version": "2.1"}, {"keras_version": "2.2"}, []),
        (
            {"layers": [{"name": "a"}, {"name": "b"}]},
            {"layers": [{"name": "b"}, {"name": "a"}]},
            [("changed", "$.layers")],
        ),
        (
            {"class_name": "A", "config": {}, "inbound_nodes": [[["x", 0, 0, {}]]]},
            {
                "class_name": "A",
                "config": {},
                "module": "keras.layers",
                "inbound_nodes": [
                    {
                        "args": [
                            {
                                "class_name": "__keras_tensor__",
                                "config": {"shape": [None], "keras_history": ["x", 0, 0]},
                            }
                        ]
                    }
                ],
            },
            [],
        ),
    ],
    ids=str,
)
def test_documents(before: Any, after: Any, told: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.path) for one in changes(before, after)] == told


# Pairs


def layer(name: str, class_name: str = "Dense", inner: Any = None) -> dict[str, Any]:
    config = {"name": name} | ({"layers": inner} if inner is not None else {})
    return {"class_name": class_name, "config": config}


def facts(layout: str, inside: list[Any], arrays: dict[str, tuple[int, ...]]) -> ArchiveFacts:
    document = layer("m", "Sequential", inside)
    stored = (
        StoredArray(path=path, member="", shape=shape, dtype="float32")
        for path, shape in arrays.items()
    )
    return ArchiveFacts(
        path=f"m.{layout}",
        layout=layout,
        documents={"c": document},
        nodes=tuple(walk(document, "c")),
        arrays=tuple(stored),
    )


def paths(one: ArchiveFacts, other: ArchiveFacts) -> Any:
    pairs, told = same_arrays(one, other)
    return [tuple(half and half.path for half in pair[:2]) for pair in pairs], told


def test_layers_by_name_then_by_order() -> None:
    before = [layer("dense"), layer("a"), layer("dense_1"), layer("gone")]
    after = [layer("dense_7"), layer("new"), layer("a"), layer("dense_8"), layer("gone", "LSTM")]
    found = [
        tuple(half and half["config"]["name"] for half in pair)
        for pair in same_layers(before, after)
    ]
    assert found == [
        ("dense", "dense_7"),
        ("a", "a"),
        ("dense_1", "dense_8"),
        ("gone", "gone"),
        (None, "new"),
    ]


def test_arrays_by_place_and_by_name() -> None:
    inside = [layer("first"), layer("inner", "Functional", [layer("Conv"), layer("Conv/norm")])]
    by_place = {
        "layers/dense/vars/0": (2, 3),
        "layers/functional/layers/dense/vars/0": (3,),
        "layers/functional/layers/dense_1/vars/0": (4,),
    }
    by_name = {
        "model_weights/first/first/kernel:0": (2, 3),
        "model_weights/inner/Conv/kernel:0": (3,),
        "model_weights/inner/Conv/norm/gamma:0": (4,),
    }
    found = paths(facts("keras", inside, by_place), facts("h5", inside, by_name))
    assert found == (list(zip(by_place, by_name, strict=True)), [])
    told = {one.path: len(one.arrays) for one in layers(facts("h5", inside, by_name))}
    assert told == {"first": 1, "inner": 2, "inner/Conv": 1, "inner/Conv/norm": 1}


def test_what_has_the_same_shape_is_the_same() -> None:
    one = facts("keras", [layer("a")], {f"layers/dense/vars/{n}": (n + 1,) for n in range(3)})
    other = facts("h5", [layer("a")], {"a/x": (3,), "a/y": (1,)})
    assert sorted(paths(one, other)[0], key=str) == [
        ("layers/dense/vars/0", "a/y"),
        ("layers/dense/vars/1", None),
        ("layers/dense/vars/2", "a/x"),
    ]


def test_arrays_whose_layer_is_not_told_are_not_compared() -> None:
    inside = [layer("end"), layer("inner", "Sequential", [layer("deep")])]
    one = facts("h5", inside, {"end/kernel": (1,), "inner/kernel": (2,)})
    other = facts(
        "keras",
        inside,
        {"layers/dense/vars/0": (1,), "layers/sequential/layers/dense/vars/0": (2,)},
    )
    told = ["weight arrays: the files do not tell which of them are the same"]
    assert paths(one, other) == ([("end/kernel", "layers/dense/vars/0")], told)
    assert paths(other, one) == ([("layers/dense/vars/0", "end/kernel")], told)
