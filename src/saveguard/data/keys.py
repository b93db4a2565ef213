"""Rows as 64-bit keys, by which a row of one data set is known again in another.

A key is a sum over the row's values, each mixed with its place, so that whole columns are hashed
at once. Two rows that differ have the same key once in 2**64 pairs. No more keys are kept than
the budget allows: then it is those below a bound, a fair sample, and the bound is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from saveguard.data.flat import Array, flat

if TYPE_CHECKING:
    import pyarrow as pa

# 32 MB of keys, of four million different rows.
MOST = 1 << 22
_PLACE, _MIX, _ROW, _NULL = (
    np.uint64(constant)
    for constant in (0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, 0xD6E8FEB86659FD93)
)
_HALF = np.uint64(32)


class Keys(msgspec.Struct, frozen=True, omit_defaults=True):
    """The keys of different rows: all of them, or those below a bound.

    Attributes:
        held: The keys, ascending, as little-endian 64-bit numbers.
        bound: Keys from here on were not kept; 0: all are.
    """

    held: bytes = b""
    bound: int = 0

    @property
    def array(self) -> Array:
        """The keys, ascending."""
        return np.frombuffer(self.held, "<u8")

    def __add__(self, other: Keys) -> Keys:
        if not (self.held and other.held) and self.bound == other.bound:
            return self if self.held else other
        both = different(np.concatenate([self.array, other.array]))
        return kept(both, _least(self.bound, other.bound))


def different(keys: Array) -> Array:
    """Keys ascending, each once; two runs that are ascending already are merged in one pass."""
    ordered: Array = np.sort(keys, kind="stable")
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def kept(keys: Array, bound: int = 0) -> Keys:
    """Different keys, ascending, as far as the budget and a bound allow."""
    if bound:
        keys = keys[: np.searchsorted(keys, np.uint64(bound))]
    if len(keys) > MOST:
        bound, keys = int(keys[MOST]), keys[:MOST]
    return Keys(keys.astype("<u8").tobytes(), bound)


def _least(one: int, two: int) -> int:
    return min(one, two) if one and two else one or two


def of(batch: pa.RecordBatch, columns: Sequence[str] | None) -> Array:
    """The key of each row, over those columns; over all of them where none is named."""
    names = sorted(batch.schema.names if columns is None else columns)
    keys: Array = np.zeros(batch.num_rows, np.uint64)
    for name in names:
        at = batch.schema.get_field_index(name)
        own = _column(batch.column(at)) if at >= 0 else np.full(batch.num_rows, _NULL)
        keys = _mixed(keys * _ROW + own)
    return keys


def known(keys: Array, train: Keys) -> Array:
    """Which rows' keys are among others; beyond their bound, none is."""
    held = train.array
    if not len(held):
        return np.zeros(len(keys), bool)
    at = np.minimum(np.searchsorted(held, keys), len(held) - 1)
    found: Array = held[at] == keys
    return found


def _column(column: pa.Array) -> Array:
    """A key of each row of a column; of a null, a number that stands for it."""
    held = flat(column)
    bits = _bits(held.values) if held.kind == "number" else _leaves(column)
    if not held.levels:
        keys = np.full(held.rows, _NULL)
        keys[... if held.null is None else ~held.null] = _mixed(bits)
        return keys
    begins, null = held.begins, held.nulls[-1]
    if null is not None:
        begins = np.concatenate([[0], np.cumsum(~null)])[begins]
    keys = _sums(bits, begins)
    if held.null is not None:
        keys[held.null] = _NULL
    return keys


def _leaves(column: pa.Array) -> Array:
    """A number for each value that is not null, of a column of texts, bytes or dates."""
    import pyarrow as pa

    array = column
    while hasattr(array, "flatten") and pa.types.is_nested(array.type):
        if pa.types.is_struct(array.type) or pa.types.is_map(array.type):
            told = [None if value is None else repr(value) for value in array.to_pylist()]
            array = pa.array(told, pa.string())
            break
        array = array.flatten()
    array = array.drop_null()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_temporal(array.type):
        wide = array.type.bit_width == 64
        return _bits(array.view(pa.int64() if wide else pa.int32()).to_numpy())
    array = array.cast(pa.large_binary())
    _, offsets, text = array.buffers()
    ends = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    letters = np.frombuffer(text or b"", np.uint8)[ends[0] : ends[-1]]
    return _sums(_bits(letters), ends - ends[0])


def _bits(values: Array) -> Array:
    """Numbers as 64 bits, the same for equal numbers of one kind whatever their width."""
    if values.dtype.kind == "f":
        return (values.astype(np.float64) + 0.0).view(np.uint64)
    return values.astype(np.int64).view(np.uint64)


def _sums(bits: Array, begins: Array) -> Array:
    """For each row the sum of its values, each mixed with its place in the row."""
    lengths = np.diff(begins)
    place = np.arange(len(bits), dtype=np.uint64) - np.repeat(begins[:-1], lengths).astype(
        np.uint64
    )
    mixed = _mixed(bits + (place + np.uint64(1)) * _PLACE)
    found = lengths.astype(np.uint64) * _ROW
    some = lengths > 0
    if some.any():
        found[some] += np.add.reduceat(mixed, begins[:-1][some])
    return found


def _mixed(keys: Array) -> Array:
    """The finaliser of MurmurHash3, by which every bit depends on every other."""
    keys = (keys ^ (keys >> _HALF)) * _MIX
    mixed: Array = keys ^ (keys >> _HALF)
    return mixed
