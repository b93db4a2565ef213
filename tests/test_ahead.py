"""Arrays are read ahead, in pieces, by several threads; and every byte has its part in the sum."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saveguard.facts import Member, StoredArray
from saveguard.persist import ahead
from saveguard.persist.ahead import Ahead


@contextmanager
def _reading(
    path: Path, member: Member, arrays: list[StoredArray], checked: bool = True
) -> Iterator[Ahead]:
    descriptor = os.open(path, os.O_RDONLY)
    reading = Ahead(descriptor, member, arrays, checked)
    try:
        yield reading
    finally:
        reading.close()
        os.close(descriptor)


def _array(name: str, offset: int, shape: tuple[int, ...], dtype: str = "float32") -> StoredArray:
    return StoredArray(path=name, member="w", shape=shape, dtype=dtype, offset=offset)


@settings(deadline=None, max_examples=60)
@given(
    sizes=st.lists(st.tuples(st.integers(0, 70), st.integers(0, 9)), max_size=9),
    begin=st.integers(0, 30),
    piece=st.integers(1, 90),
    buffers=st.integers(1, 5),
)
def test_every_byte_is_read_once(
    sizes: list[tuple[int, int]],
    begin: int,
    piece: int,
    buffers: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    content = np.random.default_rng(len(sizes)).bytes(1000)
    path = tmp_path_factory.mktemp("ahead") / "file"
    path.write_bytes(content)
    arrays, at = [], begin
    for index, (size, gap) in enumerate(sizes):
        arrays.append(_array(str(index), at + gap, (size,), "uint8"))
        at += gap + size
    member = Member(name="w", size=at + 3 - begin, offset=begin)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ahead, "_PIECE", piece)
        patch.setattr(ahead, "_BUFFERS", buffers)
        with _reading(path, member, arrays) as reading:
            for array in reversed(arrays):
                held = reading.values(array)
                assert held.tobytes() == content[array.offset : array.offset + array.count]
                assert not held.size or held.ctypes.data % 64 == 0
            assert reading.checksum() == zlib.crc32(content[begin : at + 3])


def test_dtypes_and_shapes(tmp_path: Path) -> None:
    values: list[Any] = [np.arange(6, dtype="float64").reshape(2, 3), np.array(7, "int16")]
    path = tmp_path / "file"
    path.write_bytes(b"head" + b"".join(value.tobytes() for value in values) + bytes([0x80, 0x3F]))
    arrays = [
        _array("a", 4, (2, 3), "float64"),
        _array("b", 52, (), "int16"),
        _array("c", 54, (1,), "bfloat16"),
    ]
    with _reading(path, Member(name="w", size=56, offset=0), arrays) as reading:
        np.testing.assert_array_equal(reading.values(arrays[0]), values[0])
        assert reading.values(arrays[1]) == 7
        assert reading.values(arrays[2]).astype("float32") == 1.0


def test_an_array_is_given_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(8))
    array = _array("a", 0, (2,))
    with _reading(tmp_path / "file", Member(name="w", size=8, offset=0), [array]) as reading:
        reading.values(array)
        with pytest.raises(KeyError):
            reading.values(array)


def test_arrays_that_lie_over_each_other(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(20))
    arrays = [_array("a", 0, (2,)), _array("b", 4, (2,))]
    with pytest.raises(ValueError, match="byte 4"):
        Ahead(0, Member(name="w", size=20, offset=0), arrays, True)
    with pytest.raises(ValueError, match="byte 6"):
        Ahead(0, Member(name="w", size=6, offset=0), arrays[:1], True)


def test_a_file_that_ends_too_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(bytes(10))
    first, second = _array("a", 0, (2,)), _array("b", 8, (2,))
    monkeypatch.setattr(ahead, "_PIECE", 8)
    with _reading(
        tmp_path / "file", Member(name="w", size=16, offset=0), [first, second]
    ) as reading:
        assert not reading.values(first).any()
        with pytest.raises(OSError, match="ends at byte 10 of 16"):
            reading.values(second)
