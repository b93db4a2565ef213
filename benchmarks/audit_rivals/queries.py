"""DuckDB and polars: the facts as one query, which their engines plan."""

from __future__ import annotations

import importlib
from typing import Any

from asked import FLOATS, LISTS, PADS, PLAIN, THREADS


def duckdb(files: list[str]) -> Any:
    told, rows = ["count(*)"], []
    for name, bounds in LISTS.items():
        some, all_ = duckdb_list(name, *bounds)
        rows += some
        told += all_
    for name, (low, high) in PLAIN.items():
        rows.append(name)
        told.append(f"count({name}), min({name}), max({name})")
        told.append(f"count_if({name} not between {low} and {high})")
    connection = importlib.import_module("duckdb").connect()
    connection.execute(f"set threads to {THREADS}")
    query = f"select {', '.join(told)} from (select {', '.join(rows)} from read_parquet($1))"
    return connection.execute(query, [files]).fetchall()


def duckdb_list(name: str, short: int, long: int, low: float, high: float) -> tuple[Any, Any]:
    """What is computed of each row, and what of all rows."""
    rows = [f"{name} is null as {name}_null", f"len({name}) as {name}_len"]
    rows += [f"list_{end}({name}) as {name}_{end}" for end in ("min", "max")]
    counted = {"outside": f"v < {low} or v > {high}"}
    if name in FLOATS:
        counted = {"outside": f"isfinite(v) and (v < {low} or v > {high})"}
        counted |= {"nan": "isnan(v)", "inf": "isinf(v)"}
    if name in PADS:
        counted["pad"] = f"v = {PADS[name]}"
        rows += [f"{name}[1] as {name}_first, {name}[-1] as {name}_last"]
    rows += [
        f"len(list_filter({name}, lambda v: {test})) as {name}_{key}"
        for key, test in counted.items()
    ]
    told = [f"count_if({name}_null), min({name}_len), max({name}_len), avg({name}_len)"]
    told += [f"histogram({name}_len), count_if({name}_len = 0)"]
    told += [f"count_if({name}_len not between {short} and {long})"]
    told += [f"min({name}_min), max({name}_max)"]
    told += [f"sum({name}_{key}), count_if({name}_{key} > 0)" for key in counted]
    if name in PADS:
        pad = PADS[name]
        told += [f"count_if({name}_first = {pad}), count_if({name}_last = {pad})"]
        told += [f"count_if({name}_min = {pad} and {name}_max = {pad})"]
    return rows, told


def polars(files: list[str]) -> Any:
    """One plan over all files, as its default engine runs it."""
    pl = importlib.import_module("polars")
    return pl.scan_parquet(files).select(polars_facts(pl)).collect()


def polars_streaming(files: list[str]) -> Any:
    """The same plan in batches, with less memory."""
    pl = importlib.import_module("polars")
    return pl.scan_parquet(files).select(polars_facts(pl)).collect(engine="streaming")


def polars_by_file(files: list[str]) -> Any:
    """File by file in memory, as with pandas."""
    pl = importlib.import_module("polars")
    return [pl.read_parquet(file).select(polars_facts(pl)) for file in files]


def polars_facts(pl: Any) -> list[Any]:
    told = [pl.len().alias("rows")]
    for name, bounds in LISTS.items():
        facts = polars_list(pl, name, *bounds)
        told += [fact.alias(f"{name} {key}") for key, fact in facts.items()]
    for name, (low, high) in PLAIN.items():
        column = pl.col(name)
        facts = {"nulls": column.is_null().sum(), "min": column.min(), "max": column.max()}
        facts["outside"] = (~column.is_between(low, high)).sum()
        told += [fact.alias(f"{name} {key}") for key, fact in facts.items()]
    return told


def polars_list(pl: Any, name: str, short: int, long: int, low: float, high: float) -> Any:
    column, values, one = pl.col(name), pl.col(name).explode(), pl.element()
    if name == "image":
        column, values = pl.col(name).arr.to_list(), pl.col(name).arr.explode()
    length, least, most = column.list.len(), column.list.min(), column.list.max()
    facts = {
        "shortest": length.min(),
        "longest": length.max(),
        "mean": length.mean(),
        "lengths": length.value_counts().implode(),
        "min": values.min(),
        "max": values.max(),
        "outside": ((values < low) | (values > high)).sum(),
    }
    rows = {
        "null": column.is_null(),
        "empty": length == 0,
        "odd": ~length.is_between(short, long),
        "outside": (least < low) | (most > high),
    }
    if name in FLOATS:
        facts |= {"nan": values.is_nan().sum(), "infinite": values.is_infinite().sum()}
        rows["nan"] = column.list.eval(one.is_nan()).list.any()
        rows["infinite"] = column.list.eval(one.is_infinite()).list.any()
    if name in PADS:
        pad = PADS[name]
        facts["padding"] = (values == pad).sum()
        rows["leading"] = column.list.first() == pad
        rows["trailing"] = column.list.last() == pad
        rows["nothing but"] = (least == pad) & (most == pad)
    return facts | {f"rows {key}": which.sum() for key, which in rows.items()}
