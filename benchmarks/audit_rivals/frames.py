"""pandas: file by file, the lists of a column put together as one array."""

from __future__ import annotations

import importlib
from typing import Any

from asked import FLOATS, LISTS, PADS, PLAIN


def pandas(files: list[str]) -> Any:
    pd, np, found = importlib.import_module("pandas"), importlib.import_module("numpy"), []
    for file in files:
        frame = pd.read_parquet(file)
        for name, bounds in LISTS.items():
            found.append((frame[name].isna().sum(), pandas_list(np, frame[name].dropna(), *bounds)))
        for name, bounds in PLAIN.items():
            column = frame[name]
            found.append((column.isna().sum(), column.min(), column.max()))
            found.append((~column.between(*bounds)).sum())
    return found


def pandas_list(np: Any, column: Any, short: int, long: int, low: float, high: float) -> Any:
    lengths, values = column.map(len), np.concatenate(column.to_numpy())
    owner = np.repeat(np.arange(len(column)), lengths)

    def counted(wrong: Any) -> tuple[Any, int]:
        return wrong.sum(), len(np.unique(owner[wrong]))

    found = [lengths.min(), lengths.max(), lengths.mean(), lengths.value_counts()]
    found += [(lengths == 0).sum(), (~lengths.between(short, long)).sum()]
    found += [np.nanmin(values), np.nanmax(values), counted((values < low) | (values > high))]
    if column.name in FLOATS:
        found += [counted(np.isnan(values)), counted(np.isinf(values))]
    if column.name in PADS:
        pad, filled = PADS[column.name], column[lengths > 0]
        found.append((values == pad).sum())
        found += [filled.map(lambda row: row[0] == pad).sum()]
        found += [filled.map(lambda row: row[-1] == pad).sum()]
        found += [filled.map(lambda row: (row == pad).all()).sum()]
    return found
