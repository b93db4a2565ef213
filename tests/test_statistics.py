"""What the values of arrays are: the quick look agrees with the thorough one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from saveguard.archive import statistics
from saveguard.archive.statistics import measured
from saveguard.facts import ArchiveFacts, StoredArray

DTYPES = ("float16", "float32", "float64")


def stored(values: np.ndarray, path: Path, *, before: int = 3) -> StoredArray:
    """`values` in a file, behind some other bytes."""
    path.write_bytes(b"\xff" * before + values.tobytes() + b"\xff")
    return StoredArray(
        path="layer/kernel",
        member="",
        shape=values.shape,
        dtype=values.dtype.name,
        stored=values.nbytes,
        offset=before,
        source=str(path),
    )


def told(array: StoredArray) -> tuple[int, int, bool]:
    (found,) = measured(ArchiveFacts(path="m", arrays=(array,))).arrays
    return found.nan, found.infinite, found.zero


@given(
    st.sampled_from(DTYPES).flatmap(lambda name: arrays.arrays(np.dtype(name), st.integers(1, 40)))
)
def test_any_values(tmp_path_factory: pytest.TempPathFactory, values: np.ndarray) -> None:
    array = stored(values, tmp_path_factory.getbasetemp() / "any")
    nan, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    bare = bool((values.view(np.uint8) == 0).all())
    assert told(array)[:2] == (nan, infinite)
    # Of an array of zeros with a minus the quick look says nothing.
    assert told(array)[2] == bare or not values.any()


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("place", [0, 700_000, -1])
@pytest.mark.parametrize(
    ("value", "expected"),
    [(np.nan, (1, 0, False)), (-np.inf, (0, 1, False)), (0, (0, 0, True)), (1, (0, 0, False))],
)
def test_one_value_in_several_blocks(
    tmp_path: Path, name: str, place: int, value: float, expected: tuple[int, int, bool]
) -> None:
    values = np.zeros(1_500_001, name)
    values[place] = value
    assert told(stored(values, tmp_path / "x")) == expected


def test_the_largest_values_are_finite(tmp_path: Path) -> None:
    for name in DTYPES:
        top = np.finfo(name).max
        assert told(stored(np.array([top, -top], name), tmp_path / "x")) == (0, 0, False)


def test_bfloat16(tmp_path: Path) -> None:
    for bits, expected in (
        (0x3F80, (0, 0, False)),
        (0x7FC0, (1, 0, False)),
        (0xFF80, (0, 1, False)),
        (0, (0, 0, True)),
        (0x7F7F, (0, 0, False)),
    ):
        array = stored(np.array([bits], "<u2"), tmp_path / "x")
        replaced = StoredArray(
            **{k: getattr(array, k) for k in array.__struct_fields__} | {"dtype": "bfloat16"}
        )
        assert told(replaced) == expected


def test_numpy_is_asked_only_where_it_must_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(array: StoredArray) -> StoredArray:
        raise AssertionError(array.path)

    monkeypatch.setattr(statistics, "_measured", refuse)
    for name in DTYPES:
        values = np.random.default_rng(0).normal(size=999).astype(name)
        assert told(stored(values, tmp_path / "x")) == (0, 0, False)
    with pytest.raises(AssertionError, match="layer/kernel"):
        told(stored(np.array([np.nan], "float32"), tmp_path / "x"))


def test_bytes_that_are_not_there_are_not_read(tmp_path: Path) -> None:
    array = stored(np.zeros(10, "float32"), tmp_path / "x")
    (tmp_path / "x").write_bytes(b"\0" * 20)
    facts = measured(ArchiveFacts(path="m", arrays=(array,)))
    assert [(u.what, u.kind) for u in facts.unread] == [("layer/kernel", "damage")]
    assert facts.arrays == (array,)
