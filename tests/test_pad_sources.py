"""The same sequences in every form in which users hold them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import saveguard
from saveguard import SaveguardError

ROWS = [[1, 2, 3], [4], [5, 6]]
STEPS = [[[0.5, 1.0]], [[2.0, 3.0], [4.0, 5.0]]]


def arrow(rows: Any, kind: Any = None) -> Any:
    pyarrow = pytest.importorskip("pyarrow")
    return pyarrow.array(rows, kind and getattr(pyarrow, kind)(pyarrow.int32()))


def pandas_arrow(rows: Any) -> Any:
    pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    return pandas.Series(rows, dtype=pandas.ArrowDtype(pyarrow.list_(pyarrow.int64())))


def polars(rows: Any, *kind: Any) -> Any:
    return pytest.importorskip("polars").Series("rows", rows, *kind)


def awkward(rows: Any) -> Any:
    return pytest.importorskip("awkward").Array(rows)


def chunked(rows: Any) -> Any:
    return pytest.importorskip("pyarrow").chunked_array([rows[:1], rows[1:]])


def ragged(rows: Any) -> Any:
    return pytest.importorskip("tensorflow").ragged.constant(rows)


def nested(rows: Any, layout: str) -> Any:
    torch = pytest.importorskip("torch")
    parts = [torch.tensor(row) for row in rows]
    return torch.nested.nested_tensor(parts, layout=getattr(torch, layout))


def objects(rows: Any) -> Any:
    held = np.empty(len(rows), object)
    held[:] = [np.array(row) for row in rows]
    return held


FORMS = {
    "lists": lambda rows: rows,
    "arrays": lambda rows: [np.array(row) for row in rows],
    "an array of objects": objects,
    "a generator": lambda rows: (row for row in rows),
    "Arrow": arrow,
    "Arrow, sliced": lambda rows: arrow([[9], *rows, [8, 7]])[1:-1],
    "Arrow, large": lambda rows: arrow(rows, "large_list"),
    "Arrow, in chunks": chunked,
    "awkward": awkward,
    "awkward, reordered": lambda rows: awkward(rows[::-1])[::-1],
    "pandas": lambda rows: pytest.importorskip("pandas").Series(rows),
    "pandas on Arrow": pandas_arrow,
    "polars": polars,
}
SLOW = {
    "TensorFlow": ragged,
    "torch, strided": lambda rows: nested(rows, "strided"),
    "torch, jagged": lambda rows: nested(rows, "jagged"),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_numbers(form: str) -> None:
    padded = saveguard.pad(FORMS[form](ROWS))
    assert padded.values.tolist() == [[1, 2, 3], [4, 0, 0], [5, 6, 0]]
    assert padded.lengths.tolist() == [3, 1, 2]
    assert padded.values.dtype.name in ("int32", "int64")


@pytest.mark.slow
@pytest.mark.parametrize("form", SLOW)
def test_forms_of_frameworks(form: str) -> None:
    padded = saveguard.pad(SLOW[form](ROWS))
    assert padded.values.tolist() == [[1, 2, 3], [4, 0, 0], [5, 6, 0]]


@pytest.mark.parametrize(
    "form",
    ["lists", "arrays", "a generator", "Arrow", "Arrow, in chunks", "awkward", "pandas", "polars"],
)
def test_forms_of_steps_with_features(form: str) -> None:
    padded = saveguard.pad(FORMS[form](STEPS))
    assert padded.values.shape == (2, 2, 2) and padded.values.dtype == np.float64
    assert [row.tolist() for row in padded.unpad()] == STEPS


def test_fixed_sizes() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    pairs = pyarrow.array(STEPS, pyarrow.list_(pyarrow.list_(pyarrow.float64(), 2)))
    assert saveguard.pad(pairs).values.shape == (2, 2, 2)
    fixed = pyarrow.array([[1, 2], [3, 4]], pyarrow.list_(pyarrow.int8(), 2))
    assert saveguard.pad(fixed).values.tolist() == [[1, 2], [3, 4]]
    kind = pytest.importorskip("polars").Array(pytest.importorskip("polars").Int8, 2)
    assert saveguard.pad(polars([[1, 2], [3, 4]], kind)).values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("form", ["Arrow", "awkward", "pandas", "pandas on Arrow", "polars"])
def test_nulls_are_empty_and_counted(form: str) -> None:
    given = FORMS[form]([[1, 2], None, [], [3]])
    with pytest.raises(SaveguardError) as caught:
        saveguard.pad(given)
    assert caught.value.report.findings[0].message.startswith(
        "2 sequences have no steps (row 1, 2)"
    )
    assert saveguard.pad(given, empty="drop").values.tolist() == [[1, 2], [3, 0]]


@pytest.mark.parametrize("form", ["Arrow", "polars", "pandas on Arrow", "awkward", "lists"])
def test_a_missing_value_is_named(form: str) -> None:
    with pytest.raises(SaveguardError) as caught:
        saveguard.pad(FORMS[form]([[1, 2], [3, None]]))
    (finding,) = caught.value.report.findings
    assert (finding.code, finding.where) == ("SG623", "sequences[1][1]")


@pytest.mark.parametrize("form", ["Arrow", "polars", "pandas", "awkward"])
def test_a_column_of_numbers_holds_no_sequences(form: str) -> None:
    with pytest.raises(SaveguardError, match="SG601"):
        saveguard.pad(FORMS[form]([1, 2, 3]))


def test_a_frame_is_no_column() -> None:
    frame = pytest.importorskip("pandas").DataFrame({"a": ROWS})
    with pytest.raises(SaveguardError, match="a DataFrame where a sequence is due"):
        saveguard.pad(frame)
    assert saveguard.pad(frame["a"]).values.shape == (3, 3)


def test_no_library_is_imported_to_recognise_its_form() -> None:
    code = (
        "import saveguard, sys; saveguard.pad([[1], [2, 3]]).mask\n"
        "print({n.partition('.')[0] for n in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"awkward", "h5py", "jax", "keras", "numba", "pandas", "polars", "pyarrow", "torch"}
    assert not {name for name in heavy | {"tensorflow"} if f"'{name}'" in done.stdout}
