"""The fresh process's own code, run here: what it compares, and that old Pythons can read it."""

from __future__ import annotations

import ast
import io
import json
from pathlib import Path
from typing import Any

import h5py
import keras
import models
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

import saveguard
from saveguard.archive.read import read
from saveguard.child import arrays, compare, prove, running, trace, traits
from saveguard.child.window import Window, weights_of

FOLDER = Path(compare.__file__).parent
floats = arrays_of.arrays(
    "float32",
    arrays_of.array_shapes(max_dims=3, max_side=5),
    elements=st.floats(-1e3, 1e3, width=32),
)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_python_3_8_can_read_it(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_it_imports_nothing_of_saveguard(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        assert not any(name.split(".")[0] == "saveguard" for name in names)


@given(floats)
def test_equal_outputs_do_not_differ(array: Any) -> None:
    assert compare.difference("output", array, array.copy(), ("a", "a"), 0.0) is None


@given(floats, st.data())
def test_a_difference_is_found_where_it_is(array: Any, data: Any) -> None:
    flat = data.draw(st.integers(0, array.size - 1))
    index = np.unravel_index(flat, array.shape)
    changed = array.copy()
    changed[index] += 1.0 + np.abs(array).max()
    found = compare.difference("output", array, changed, ("a", "a"), 1e-5)
    assert tuple(found["index"]) == tuple(int(part) for part in index)


def test_nan_agrees_with_nan_and_with_nothing_else() -> None:
    nan = np.array([1.0, np.nan], "float32")
    assert compare.difference("o", nan, nan.copy(), ("a", "a"), 1e-5) is None
    assert compare.difference("o", nan, np.array([1.0, 2.0], "float32"), ("a", "a"), 1e-5)
    assert compare.difference("o", np.array([1.0, 2.0], "float32"), nan, ("a", "a"), 1e-5)


def test_infinities_of_one_sign_agree() -> None:
    infinite = np.array([np.inf, -np.inf, 1.0], "float32")
    assert compare.difference("o", infinite, infinite.copy(), ("a", "a"), 1e-5) is None
    assert compare.difference("o", infinite, -infinite, ("a", "a"), 1e-5)


def test_another_form_or_shape_differs() -> None:
    array = np.zeros((2, 2), "float32")
    assert compare.difference("o", array, array, ("sparse", "dense"), 1.0)["got"].startswith(
        "dense"
    )
    assert compare.difference("o", array, array[:1], ("a", "a"), 1.0)["got"] == "a [1, 2]"


def test_text_must_be_equal() -> None:
    words = np.array(["a", "b"], dtype=object)
    assert compare.difference("o", words, words.copy(), ("a", "a"), 1.0) is None
    assert compare.difference("o", words, words[::-1], ("a", "a"), 1.0)["index"] == [0]


@given(st.binary(min_size=1, max_size=300), st.integers(0, 50), st.data())
def test_a_window_reads_its_part_of_a_file(content: bytes, start: int, data: Any) -> None:
    whole = io.BytesIO(b"x" * start + content + b"y" * 9)
    window = Window(_Unbuffered(whole), start, len(content))
    assert io.BufferedReader(window).read() == content
    position = data.draw(st.integers(0, len(content)))
    window.seek(position)
    assert window.read(7) == content[position : position + 7]


class _Unbuffered(io.RawIOBase):
    def __init__(self, inner: io.BytesIO) -> None:
        self.inner = inner

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.inner.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        return self.inner.readinto(buffer)


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "float64", "uint8"])
def test_golden_arrays_come_back(dtype: str, tmp_path: Path) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    words = np.array([["a", "bé"], ["", "c"]], dtype=object)
    with h5py.File(tmp_path / "g.h5", "w") as file:
        arrays.store(file, arrays.key("inputs['a/b']"), array)
        arrays.store(file, "words", words)
    with h5py.File(tmp_path / "g.h5") as file:
        held = arrays.read(file)
    np.testing.assert_array_equal(held[arrays.key("inputs['a/b']")], array)
    assert held["words"].tolist() == words.tolist()


@pytest.mark.backend
def test_what_a_proof_answers(tmp_path: Path) -> None:
    model, example = models.sequential()
    targets = models.rows(6, 2)
    model.compile("adam", "mean_squared_error", metrics=["mae"])
    saveguard.save(model, tmp_path / "m.keras", example=(example, targets), prove=False)
    receipt = json.loads(read(tmp_path / "m.keras").receipt)
    answer = prove.prove(
        {
            "path": str(tmp_path / "m.keras"),
            "layout": "keras",
            "golden": receipt["golden"],
            "same": True,
        }
    )
    assert "failed" not in answer, answer
    assert answer["stage"] == "done"
    assert answer["outputs"] == [] and answer["scalars"] == []
    assert answer["unread"] == ["/optimizer/vars/0", "/optimizer/vars/1"]
    assert answer["traits"].keys() == traits.traits(model).keys()
    assert [row[1:] for row in answer["variables"] if not running.is_seed(row[0])] == [
        row[1:] for row in running.listing(running.variables(model)) if not running.is_seed(row[0])
    ]


@pytest.mark.backend
def test_a_proof_that_fails_answers_with_the_exception(tmp_path: Path) -> None:
    (tmp_path / "m.keras").write_bytes(b"PK\x03\x04 nothing")
    answer = prove.prove({"path": str(tmp_path / "m.keras"), "layout": "keras"})
    assert answer["stage"] == "load"
    assert answer["failed"]["type"]


@pytest.mark.backend
def test_reads_are_seen(tmp_path: Path) -> None:
    model, _ = models.nested()
    model.save(tmp_path / "m.keras")
    with trace.reads(set()) as consumed:
        keras.saving.load_model(tmp_path / "m.keras")
    path = str(tmp_path / "m.keras")
    with open(path, "rb", buffering=0) as file, h5py.File(weights_of(path, file), "r") as weights:
        assert consumed == set(trace.contents(weights, False))
    assert h5py.Dataset.__getitem__.__name__ == "__getitem__"


@pytest.mark.backend
def test_a_dropped_argument_shows_in_the_traits() -> None:
    one, other = keras.losses.Huber(delta=0.5), keras.losses.Huber()
    before, after = (traits.describe(loss, "loss") for loss in (one, other))
    assert before["values"] != after["values"]
    assert "delta" in before["arguments"] and "delta" not in before["config"]


@pytest.mark.backend
def test_a_seed_chosen_by_the_object_is_no_trait() -> None:
    described = traits.describe(keras.initializers.GlorotUniform(), "part")
    assert "seed" not in described["values"]
    described = traits.describe(keras.initializers.GlorotUniform(seed=3), "part")
    assert described["values"]["seed"] == 3
