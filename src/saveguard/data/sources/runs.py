"""Rows that Python holds, as batches: where a column changes its type, a new batch begins.

A scalar among sequences, text among numbers, another rank: a column of Arrow has one type, and the
rows that differ are the ones to be told. Rows keep their order, so each stands at its place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from saveguard.data.sources import arrays

if TYPE_CHECKING:
    import pyarrow as pa

# What a value is, as a word: rows of one word are one run.
_WORDS = ((bool, "truth"), (int, "number"), (float, "number"), (str, "text"), (bytes, "bytes"))


def batches(table: Mapping[str, Sequence[Any]]) -> Iterator[pa.RecordBatch]:
    """Columns of Python values (all of one length) as batches in which each has one type."""
    yield from together({name: segments(values) for name, values in table.items()})


def together(table: Mapping[str, Sequence[pa.Array]]) -> Iterator[pa.RecordBatch]:
    """Columns, each in segments of one type, cut so that every batch lies within one of each.

    Of columns of several lengths, the rows that all of them have.
    """
    ends = {name: list(itertools.accumulate(map(len, parts))) for name, parts in table.items()}
    rows = min((held[-1] if held else 0 for held in ends.values()), default=0)
    every = itertools.chain.from_iterable(ends.values())
    cuts = sorted({0, *(end for end in every if end <= rows)})
    for start, stop in itertools.pairwise(cuts):
        found = {}
        for name, parts in table.items():
            at = int(np.searchsorted(ends[name], start, side="right"))
            before = ends[name][at] - len(parts[at])
            found[name] = parts[at].slice(start - before, stop - start)
        yield arrays.batch(found)


def segments(values: Sequence[Any]) -> list[pa.Array]:
    """Values as arrays of one type each, in their order; most often one."""
    import pyarrow as pa

    if len(values) and all(type(value) is np.ndarray for value in values):
        return _of_arrays(values)
    try:
        return [pa.array(values)]
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        runs = itertools.groupby(_known(values), key=lambda pair: pair[0])
        return [_run(word, [value for _, value in run]) for word, run in runs]


def _known(values: Sequence[Any]) -> Iterator[tuple[tuple[int, str], Any]]:
    """Each value with how deep its lists are and what they hold; null is as its neighbour is."""
    word = next((_kind(value) for value in values if _told(value)), (0, "number"))
    for value in values:
        word = _kind(value) if _told(value) else word
        yield word, value


def _told(value: Any) -> bool:
    """Whether a value says what it is; nothing, and a list of nothing, may be of any kind."""
    return value is not None and _kind(value)[1] != ""


def _kind(value: Any) -> tuple[int, str]:
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.ndim, {"b": "truth", "U": "text", "S": "bytes"}.get(value.dtype.kind, "number")
    if isinstance(value, (list, tuple, np.ndarray)):
        kinds = {_kind(item) for item in value if item is not None}
        kinds = {kind for kind in kinds if kind[1]} or kinds
        words = {word for _, word in kinds}
        depth = max((depth for depth, _ in kinds), default=0)
        even = len(kinds) <= 1 or (len(words) == 1 and not depth)
        return 1 + depth, words.pop() if even and words else "" if even else "mixed"
    for kind, word in _WORDS:
        if isinstance(value, kind):
            return 0, word
    return 0, "number" if isinstance(value, np.generic) else f"a {type(value).__name__}"


def _run(word: tuple[int, str], values: list[Any]) -> pa.Array:
    """Values of one kind; what fits nowhere is text, which says what it is."""
    import pyarrow as pa

    plain = [_plain(value) for value in values]
    if word[1] in ("truth", "number", "text", "bytes"):
        try:
            return pa.array(plain)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            if word[1] == "number" and word[0] < 2:  # whole numbers that int64 does not hold
                kind = pa.float64() if word[0] == 0 else pa.list_(pa.float64())
                return pa.array(_floats(plain), kind)
    return pa.array([None if value is None else repr(value) for value in plain])


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def _floats(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_floats(item) for item in value]
    return None if value is None else float(value)


def _of_arrays(values: Sequence[Any]) -> list[pa.Array]:
    """Arrays: those that differ in nothing but their first axis are one list column."""
    runs = itertools.groupby(values, key=lambda value: (value.dtype, value.shape[1:], value.ndim))
    found = []
    for (_, _, axes), run in runs:
        rows = list(run)
        if axes:
            found.append(arrays.ragged(np.concatenate(rows), [len(row) for row in rows]))
        else:
            found.append(arrays.column(np.stack(rows)))
    return found
