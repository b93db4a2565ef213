"""Lists of Python numbers and lists of arrays, put one after the other without changing a value."""

from __future__ import annotations

import itertools
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from saveguard.rules import registry
from saveguard.sequences.flat import Flat, flat, refuse, row_of

# What an `array` takes, and refuses where it does not hold a number.
_WHOLE = (("i", np.int32), ("q", np.int64), ("Q", np.uint64))
_EXACT = 2**53


def read(rows: Sequence[Any]) -> Flat:
    """The sequences of a list: lists of numbers, of text, of lists or arrays, or arrays.

    Whole numbers are int32, or int64 where they do not fit; floats are float64, as Python's are.

    Raises:
        SaveguardError: If a row is no sequence (SG601), or the steps do not fit together (SG623).
    """
    kinds = set(map(type, rows))
    if kinds <= {list, tuple}:
        return _of_lists(rows, np.fromiter(map(len, rows), np.int64, count=len(rows)))
    if kinds == {np.ndarray}:
        return _of_one_dtype(rows) or _of_arrays(list(rows))
    arrays = [row if type(row) is np.ndarray else _array(row, at) for at, row in enumerate(rows)]
    return _of_arrays(arrays)


def _of_one_dtype(rows: Sequence[Any]) -> Flat | None:
    """Arrays of one dtype and one shape of steps, which most are, in few passes; else None."""
    dtype = rows[0].dtype
    if dtype.hasobject or not dtype.isnative:
        return None
    try:
        values = np.concatenate(rows, dtype=dtype, casting="no")
    except (TypeError, ValueError):
        return None  # another dtype, steps of several shapes, or a row that is none
    return flat(values, np.fromiter(map(len, rows), np.int64, count=len(rows)))


def _array(row: Any, at: int) -> Any:
    """A row as an array; a single value is none."""
    if row is None:
        return np.empty(0, np.float32)
    if isinstance(row, (list, tuple)):
        held = read([row])
        return held.values
    found = row.numpy() if hasattr(row, "numpy") else np.asarray(row)
    if found.ndim == 0 or isinstance(row, (dict, set)):
        refuse(registry.module("SG601").row_is_scalar(f"sequences[{at}]", at, repr(row)[:40]))
    return found


def _of_lists(rows: Sequence[Any], lengths: Any) -> Flat:
    total = int(lengths.sum())
    first: Any = next((row[0] for row in rows if row), None)
    if first is None and not total:
        return flat(np.empty(0, np.float32), lengths)
    if isinstance(first, (list, tuple)) or np.ndim(first):
        return _nested(rows, lengths)
    values = None
    if type(first) is int:
        values = _int32(rows)
    elif type(first) is float:
        values = _packed(rows, "d", np.float64)
        if values is not None and total and float(np.abs(values).max(initial=0)) >= _EXACT:
            values = None  # whole numbers may be among them, which a float does not hold
    return flat(_by_types(rows, lengths, total) if values is None else values, lengths)


def _int32(rows: Sequence[Any]) -> Any:
    """Whole numbers, as ids without a sign first, which an `array` takes in half the time."""
    values = _packed(rows, "I", np.uint32)
    if values is None or values.max(initial=0) > np.iinfo(np.int32).max:
        return _packed(rows, "i", np.int32)
    return values.view(np.int32)


def _packed(rows: Sequence[Any], code: str, dtype: Any) -> Any:
    """Every row behind the one before; None where a value is of another kind, or does not fit."""
    held = array(code)
    try:
        for row in rows:
            held.fromlist(row if type(row) is list else list(row))
    except (TypeError, OverflowError):
        return None
    return np.frombuffer(held, dtype) if held else np.empty(0, dtype)


def _by_types(rows: Sequence[Any], lengths: Any, total: int) -> Any:
    """The values of rows that hold other types than the first value's, each looked at."""
    types = set(map(type, itertools.chain.from_iterable(rows)))
    if types == {bool}:
        return np.fromiter(itertools.chain.from_iterable(rows), np.bool_, count=total)
    if types <= {int, bool}:
        for code, dtype in _WHOLE:
            values = _packed(rows, code, dtype)
            if values is not None:
                return values
    if types <= {str} or types <= {bytes}:
        values = np.empty(total, object)
        values[:] = list(itertools.chain.from_iterable(rows))
        return values
    if types <= {int, float, bool} and _exact(rows):
        return _packed(rows, "d", np.float64)
    if all(issubclass(kind, (np.generic, int, float)) for kind in types) and _exact(rows):
        return np.array(list(itertools.chain.from_iterable(rows)))
    counted = Counter(map(type, itertools.chain.from_iterable(rows)))
    common = counted.most_common(1)[0][0]
    for step, value in enumerate(itertools.chain.from_iterable(rows)):
        large = isinstance(value, int) and abs(value) >= _EXACT
        if type(value) is not common or large:
            _differ(row_of(lengths, step), f"{value!r} ({type(value).__name__})", common.__name__)
    return np.array(list(itertools.chain.from_iterable(rows)))


def _exact(rows: Sequence[Any]) -> bool:
    values = itertools.chain.from_iterable(rows)
    return all(type(value) is not int or abs(value) <= _EXACT for value in values)


def _nested(rows: Sequence[Any], lengths: Any) -> Flat:
    """Rows of steps that are themselves lists or arrays, all of one shape."""
    return nested(read(list(itertools.chain.from_iterable(rows))), lengths)


def nested(steps: Flat, lengths: Any) -> Flat:
    """Sequences whose steps are sequences themselves, all of one length."""
    sizes = steps.lengths
    if sizes.size and (sizes != sizes[0]).any():
        odd = int(np.flatnonzero(sizes != sizes[0])[0])
        _differ(row_of(lengths, odd), f"{sizes[odd]} values", f"{sizes[0]}")
    inner = int(sizes[0]) if sizes.size else 0
    values = steps.values.reshape(len(sizes), inner, *steps.values.shape[1:])
    return flat(values, lengths)


def _of_arrays(arrays: list[Any]) -> Flat:
    lengths = np.fromiter(map(len, arrays), np.int64, count=len(arrays))
    inner = {array.shape[1:] for array in arrays if array.size or array.ndim > 1}
    if len(inner) > 1:
        shape = next(array.shape[1:] for array in arrays if array.size or array.ndim > 1)
        row = next(i for i, a in enumerate(arrays) if a.size and a.shape[1:] != shape)
        _differ(f"[{row}]", f"steps of shape {arrays[row].shape[1:]}", f"steps of shape {shape}")
    dtypes = {array.dtype for array in arrays if array.size} or {array.dtype for array in arrays}
    shape = inner.pop() if inner else ()
    if len(dtypes) == 1:
        (dtype,) = dtypes
        try:
            joined = np.frombuffer(b"".join([array for array in arrays if array.size]), dtype)
            return flat(joined.reshape(-1, *shape), lengths)
        except (BufferError, ValueError, TypeError):
            pass  # strided, or of a dtype that is no buffer: as the arrays are
    full = [array for array in arrays if array.size]
    values = np.concatenate(full) if full else np.empty((0, *shape), next(iter(dtypes)))
    for part in full if values.dtype.kind == "f" else ():
        if part.dtype.kind in "iu" and int(np.abs(part.astype(object)).max()) > _EXACT:
            row = next(i for i, held in enumerate(arrays) if held is part)
            _differ(f"[{row}]", str(part.dtype), "floats, which do not hold its numbers")
    if {array.dtype.kind in "OUS" for array in full} == {True, False}:
        row = next(i for i, a in enumerate(arrays) if a.size and a.dtype.kind in "OUS")
        _differ(f"[{row}]", "text", "numbers")
    return flat(values, lengths)


def _differ(place: str, given: str, others: str) -> None:
    refuse(registry.module("SG623").found(f"sequences{place}", given, others))
