"""Arrow's types as a report tells them."""

from __future__ import annotations

import pytest

from saveguard.data import types

pa = pytest.importorskip("pyarrow")


@pytest.mark.parametrize(
    ("arrow", "told"),
    [
        (pa.int32(), "int32"),
        (pa.float64(), "float64"),
        (pa.float16(), "float16"),
        (pa.list_(pa.field("element", pa.float32(), nullable=False)), "lists of float32"),
        (pa.large_list(pa.list_(pa.int8())), "lists of lists of int8"),
        (pa.list_(pa.list_(pa.list_(pa.uint8(), 3), 32), 16), "uint8[16, 32, 3]"),
        (pa.list_(pa.list_(pa.int16(), 2)), "lists of int16[2]"),
        (pa.list_(pa.list_(pa.int16()), 2), "lists of 2 lists of int16"),
        (pa.string(), "string"),
        (pa.struct([("a", pa.int8())]), "struct<a: int8>"),
    ],
    ids=str,
)
def test_a_type_is_told_in_numpy_s_words(arrow: pa.DataType, told: str) -> None:
    assert types.told(str(arrow)) == told


def test_many_types_are_not_all_told() -> None:
    images = [f"fixed_size_list<item: fixed_size_binary[0]>[{size}]" for size in range(1, 6)]
    assert types.together(images) == "pixels[1] or pixels[2] or pixels[3] or 2 more types"
    assert types.together(["list<item: int64>", "list<element: int64>"]) == "lists of int64"
