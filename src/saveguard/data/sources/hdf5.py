"""HDF5: the datasets of one group as the columns of a table, of fixed or variable length."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from saveguard.data.source import Part, Trouble
from saveguard.data.sources import arrays, npz, opening, runs
from saveguard.data.sources.stops import UNKNOWN
from saveguard.data.terms import last

if TYPE_CHECKING:
    import pyarrow as pa

_PART = 1 << 26
# What Keras writes into the files of its models and weights, which are no data.
_OF_KERAS = {"model_config", "layer_names", "keras_version"}
# A dataset of texts or of sequences holds pointers; the values are about this long.
_POINTED = 256
_ROWS = "; rows "


def parts(path: str) -> Iterator[Part | Trouble]:
    """Stretches of rows of each group; its datasets are one table."""
    stamp = opening.stamp(path)
    with opening.binary(path) as raw, _file(raw) as file:
        if _OF_KERAS & set(file.attrs) or "_layer_checkpoint_dependencies" in file:
            what = "it holds a model of Keras, no data; `saveguard check` looks at it"
            yield Trouble(code=UNKNOWN, file=path, what=what)
            return
        yield from _others(path, file)
        for names in _tables(file):
            yield from npz.uneven(path, names, {name: file[name] for name in names})
            yield from _stretches(path, file, names, stamp)


def read(part: Part, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """The rows of a stretch; a dataset is called by its path: `train/tokens`."""
    with opening.binary(part.file) as raw, _file(raw) as file:
        names = next(names for names in _tables(file) if _is_of(part, names))
        asked = [name for name in names if columns is None or name in columns]
        step = arrays.rows_of(part.bytes, part.rows)
        for start in range(part.start, part.stop, step):
            stop = min(start + step, part.stop)
            yield from runs.together(_segments(file, asked, start, stop))


def _file(raw: Any) -> Any:
    import h5py

    return h5py.File(raw, "r")


def _tables(file: Any) -> list[list[str]]:
    """The names of the datasets that belong together.

    Those of one group and of one split do, and groups of as many rows that share no name:
    `x/tokens` and `y/label`, but not `fold_1/x` and `fold_2/x`.
    """
    groups: dict[str, dict[str, int]] = {}

    def visit(name: str, held: Any) -> None:
        if getattr(held, "shape", None) and not _no_column(name, held):
            groups.setdefault(name.rpartition("/")[0], {})[name] = held.shape[0]

    file.visititems(visit)
    found: list[list[str]] = []
    alike: dict[tuple[str, int], list[str]] = {}
    for held in groups.values():
        for names, rows in npz.tables_of(held):
            even = all(held[name] == rows for name in names)
            before = alike.get((npz.split(names[0]), rows)) if even else None
            if before is not None and not {*map(last, before)} & {*map(last, names)}:
                before += names
                continue
            found.append(names)
            if even:
                alike[npz.split(names[0]), rows] = names
    return found


def _others(path: str, file: Any) -> Iterator[Trouble]:
    """The datasets that no input takes, and a file that has none."""
    held: dict[str, str] = {}

    def visit(name: str, one: Any) -> None:
        if getattr(one, "shape", None):
            held[name] = _no_column(name, one)

    file.visititems(visit)
    for name, what in held.items():
        if what:
            yield Trouble(code=UNKNOWN, file=path, what=what, column=name)
    if not held:
        yield Trouble(code=UNKNOWN, file=path, what="it holds no dataset that has rows")


def _no_column(name: str, held: Any) -> str:
    """Why a dataset is no column; empty where it is one."""
    if held.dtype.kind not in "OVc":
        return ""
    try:
        _read(name, held, 0, 0)
    except arrays.NoColumn as error:
        return str(error) if f"`{name}`" in str(error) else f"`{name}`: {error}"
    return ""


def _told(names: Sequence[str]) -> str:
    return ", ".join(names)


def _is_of(part: Part, names: Sequence[str]) -> bool:
    told = _told(names)
    return part.at == told or part.at.startswith(told + _ROWS)


def _stretches(path: str, file: Any, names: list[str], stamp: str) -> Iterator[Part]:
    rows = min(file[name].shape[0] for name in names)
    width = sum(_width(file[name]) for name in names)
    step = max(_PART // max(width, 1), 1)
    columns = tuple(itertools.chain.from_iterable(_columns(name, file[name]) for name in names))
    for start in range(0, rows, step):
        stop = min(start + step, rows)
        yield Part(
            file=path,
            format="hdf5",
            at=_told(names) + (f"{_ROWS}{start} to {stop - 1}" if rows > step else ""),
            start=start,
            stop=stop,
            first_row=start,
            rows=stop - start,
            bytes=(stop - start) * width,
            stamp=stamp,
            columns=columns,
        )


def _width(held: Any) -> int:
    inner = int(np.prod(held.shape[1:], dtype=np.int64))
    return inner * (_POINTED if held.dtype.hasobject else int(held.dtype.itemsize))


def _columns(name: str, held: Any) -> tuple[tuple[str, int], ...]:
    """The columns of a dataset with their depths, by its header."""
    import h5py

    axes = len(held.shape) - 1
    if h5py.check_string_dtype(held.dtype) is not None:
        return ((name, axes),)
    if h5py.check_vlen_dtype(held.dtype) is not None:
        return ((name, axes + 1),)
    return arrays.described(name, held.shape, held.dtype)


def _segments(file: Any, names: Sequence[str], start: int, stop: int) -> Mapping[str, list[Any]]:
    found: dict[str, list[pa.Array]] = {}
    for name in names:
        found |= _read(name, file[name], start, stop)
    return found


def _read(name: str, held: Any, start: int, stop: int) -> dict[str, list[pa.Array]]:
    """Rows of a dataset as columns: sequences of any length, texts, or an array."""
    import h5py

    values = held[start:stop]
    if h5py.check_string_dtype(held.dtype) is not None:
        values = held.asstr(errors="replace")[start:stop] if held.dtype.hasobject else values
        return {name: runs.segments(values.tolist())}
    if h5py.check_vlen_dtype(held.dtype) is not None:
        return {name: runs.segments(list(values))}
    if held.dtype.hasobject:
        raise arrays.NoColumn(f"`{name}` holds {held.dtype}, which no input of a model takes")
    return {key: [column] for key, column in arrays.columns(name, values).items()}
