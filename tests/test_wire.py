"""Messages, numbers and checksums of the formats that a SavedModel is made of."""

from __future__ import annotations

import pytest
import savedmodels as write

from saveguard.archive import table
from saveguard.archive.budget import Damaged, OverBudget
from saveguard.archive.wire import Wire, varint


@pytest.mark.parametrize(
    "data", [b"\x80", b"\x80" * 11, b"\x0b", b"\x00\x00", b"\x0a\x05ab", b"\x09ab", b"\x0d"]
)
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(Damaged):
        list(Wire.of(data).fields())


def test_the_wire_has_a_budget() -> None:
    with pytest.raises(OverBudget, match="over the budget of 8 fields"):
        list(Wire.of(b"\x08\x01" * 9, most=8).fields())
    wire = Wire.of(write.part(1, "x" * 100))
    with pytest.raises(OverBudget, match="over the budget of 99 bytes in one field"):
        wire.text(next(wire.fields()), most=99)


def test_numbers_of_variable_length() -> None:
    assert varint(write.varint(300), 0) == (300, 2)
    assert varint(write.varint(-1), 0) == (2**64 - 1, 10)


def test_the_checksum_is_castagnolis() -> None:
    # The check value that RFC 3720 and every catalogue of checksums give.
    assert table.crc32c(b"123456789") == 0xE3069283


def test_a_table_of_several_entries() -> None:
    entries = {f"layer/{name}": bytes([number]) for number, name in enumerate("abc")}
    found = dict(table.entries(write.index(entries)))
    assert found.pop(b"") == write.number(1, 1)
    assert found == {key.encode(): value for key, value in entries.items()}


@pytest.mark.parametrize("cut", [1, 8, 47, 60])
def test_a_table_that_was_cut(cut: int) -> None:
    with pytest.raises(Damaged):
        list(table.entries(write.index({"w": b""})[:-cut]))
