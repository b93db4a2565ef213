"""One way to look at a Parquet folder, timed in a process of its own: seconds and peak memory.

    python benchmarks/audit_rivals.py NAME FOLDER FILES

Each gives what it can of the same facts: rows, nulls, lengths, empties, what is not finite, ranges.
It runs in any interpreter that has the library; imports are not timed. Prints a line of JSON.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from glob import glob
from typing import Any

# The lengths that are due, and the bounds of the values.
LISTS = {"tokens": (1, 380, 0, 29999), "measured": (1, 400, -1e6, 1e6), "image": (48, 48, -9, 9)}
PLAIN = {"age": (0, 110), "label": (0, 9)}
THREADS = 2
LINE = (
    "{tokens: int32[batch, time<=380] vocabulary=30000 pad=0;"
    " measured: float32[batch, time<=400] pad=-1; image: float32[batch, 48] range=-9..9;"
    " age: int32[batch, 1] range=0..110}"
)


def saveguard(files: list[str]) -> Any:
    return importlib.import_module("saveguard").audit(
        files, LINE, labels="label", classes=10, workers=THREADS
    )


def decode(files: list[str]) -> Any:
    pq = importlib.import_module("pyarrow.parquet")
    groups = [(f, g) for f in files for g in range(pq.read_metadata(f).num_row_groups)]

    def one(group: tuple[str, int]) -> int:
        with pq.ParquetFile(group[0]) as file:
            return file.read_row_group(group[1], use_threads=False).num_rows

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, groups))


def duckdb(files: list[str]) -> Any:
    told = ["count(*)"]
    for name, (short, long, low, high) in LISTS.items():
        told += [
            f"count({name}), min(len({name})), max(len({name})), avg(len({name}))",
            f"histogram(len({name})), count_if(len({name}) = 0)",
            f"count_if(len({name}) not between {short} and {long})",
            f"min(list_min({name})), max(list_max({name}))",
            f"count_if(list_min({name}) < {low} or list_max({name}) > {high})",
        ]
        if name != "tokens":
            told.append(f"sum(len(list_filter({name}, lambda x: not isfinite(x))))")
    for name, (low, high) in PLAIN.items():
        told.append(f"count({name}), min({name}), max({name})")
        told.append(f"count_if({name} not between {low} and {high})")
    connection = importlib.import_module("duckdb").connect()
    connection.execute(f"set threads to {THREADS}")
    return connection.execute(f"select {', '.join(told)} from read_parquet($1)", [files]).fetchall()


def polars(files: list[str]) -> Any:
    pl = importlib.import_module("polars")
    told = [pl.len().alias("rows")]
    for name, (short, long, low, high) in LISTS.items():
        column, values = pl.col(name), pl.col(name).explode()
        if name == "image":
            column, values = pl.col(name).arr.to_list(), pl.col(name).arr.explode()
        length = column.list.len()
        facts = {
            "nulls": column.null_count(),
            "shortest": length.min(),
            "longest": length.max(),
            "mean": length.mean(),
            "lengths": length.value_counts().implode(),
            "empty": (length == 0).sum(),
            "odd": (~length.is_between(short, long)).sum(),
            "min": values.min(),
            "max": values.max(),
            "outside": (~values.is_between(low, high)).sum(),
        }
        if name != "tokens":
            facts["not finite"] = (~values.is_finite()).sum()
        told += [fact.alias(f"{name} {key}") for key, fact in facts.items()]
    for name, (low, high) in PLAIN.items():
        column = pl.col(name)
        facts = {"nulls": column.null_count(), "min": column.min(), "max": column.max()}
        facts["outside"] = (~column.is_between(low, high)).sum()
        told += [fact.alias(f"{name} {key}") for key, fact in facts.items()]
    return pl.scan_parquet(files).select(told).collect(engine="streaming")


def pandas(files: list[str]) -> Any:
    pd, np = importlib.import_module("pandas"), importlib.import_module("numpy")
    found = []
    for file in files:
        frame = pd.read_parquet(file)
        for name, (short, long, low, high) in LISTS.items():
            column = frame[name].dropna()
            lengths, values = column.map(len), np.concatenate(column.to_numpy())
            found.append((len(column), lengths.min(), lengths.max(), lengths.mean()))
            found.append((lengths.value_counts(), (~lengths.between(short, long)).sum()))
            found.append(((lengths == 0).sum(), (~np.isfinite(values)).sum()))
            found.append((np.nanmin(values), np.nanmax(values)))
            found.append(((values < low) | (values > high)).sum())
        for name, bounds in PLAIN.items():
            column = frame[name]
            found.append((column.isna().sum(), column.min(), column.max()))
            found.append((~column.between(*bounds)).sum())
    return found


def pandera(files: list[str]) -> Any:
    pd, np = importlib.import_module("pandas"), importlib.import_module("numpy")
    pa = importlib.import_module("pandera.pandas")

    def checks(short: int, long: int, low: float, high: float) -> list[Any]:
        told = (
            lambda row: short <= len(row) <= long,
            lambda row: bool(np.isfinite(row).all()),
            lambda row: not len(row) or low <= row.min() <= row.max() <= high,
        )
        return [pa.Check(one, element_wise=True) for one in told]

    columns = {
        name: pa.Column(object, checks(*bounds), nullable=True) for name, bounds in LISTS.items()
    }
    columns |= {"age": pa.Column(float, pa.Check.in_range(*PLAIN["age"]), nullable=True)}
    columns |= {"label": pa.Column("int64", pa.Check.in_range(*PLAIN["label"]))}
    schema, found = pa.DataFrameSchema(columns), 0
    for file in files:
        try:
            schema.validate(pd.read_parquet(file), lazy=True)
        except pa.errors.SchemaErrors as error:
            found += len(error.failure_cases)
    return found


def great_expectations(files: list[str]) -> Any:
    gx, pd = importlib.import_module("great_expectations"), importlib.import_module("pandas")
    np, found, context = importlib.import_module("numpy"), [], gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("files").add_dataframe_asset("file")
    whole, due = asset.add_batch_definition_whole_dataframe("whole"), gx.expectations
    for file in files:
        # It has no expectations of lists, so what is expected of them becomes columns.
        frame, told = pd.read_parquet(file), []
        for name, (short, long, low, high) in LISTS.items():
            told.append(due.ExpectColumnValuesToNotBeNull(column=name))
            filled = frame[name].map(lambda row: np.zeros(1) if row is None else row)
            frame[f"{name} length"] = filled.map(len)
            for end in ("min", "max"):
                column = f"{name} {end}"
                frame[column] = filled.map(lambda row, end=end: getattr(row, end)(initial=0))
                told.append(
                    due.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high)
                )
            column = f"{name} length"
            told.append(
                due.ExpectColumnValuesToBeBetween(column=column, min_value=short, max_value=long)
            )
        for name, (low, high) in PLAIN.items():
            told.append(due.ExpectColumnValuesToNotBeNull(column=name))
            told.append(
                due.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high)
            )
        held = frame.drop(columns=list(LISTS)).assign(**{n: frame[n].notna() for n in LISTS})
        suite = gx.ExpectationSuite(name="suite", expectations=told)
        found.append(whole.get_batch({"dataframe": held}).validate(suite).success)
    return found


def tfdv(files: list[str]) -> Any:
    library = importlib.import_module("tensorflow_data_validation")
    pa, pq = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    generate = importlib.import_module(
        "tensorflow_data_validation.statistics.stats_impl"
    ).generate_statistics_in_memory
    for file in files:
        table = pq.read_table(file)
        # Its columns are lists of numbers or of bytes, none of a fixed size.
        arrays = [listed(table[name].combine_chunks(), pa) for name in table.column_names]
        generate(pa.RecordBatch.from_arrays(arrays, table.column_names), library.StatsOptions())


def listed(column: Any, pa: Any) -> Any:
    """A column as a list array."""
    if pa.types.is_list(column.type):
        return column
    if pa.types.is_fixed_size_list(column.type):
        ends = range(0, len(column) * 48 + 1, 48)
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), column.flatten())
    ends = range(len(column) + 1)
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), column.fill_null(0))


def ray(files: list[str], workers: int) -> Callable[[list[str]], Any]:
    library, audit = importlib.import_module("ray"), importlib.import_module("saveguard").audit
    library.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    options = {"labels": "label", "classes": 10, "engine": "ray", "workers": workers}
    audit(files[:1], LINE, **options)  # the workers import what they need
    return lambda files: audit(files, LINE, **options)


WAYS: dict[str, Callable[[list[str]], Any]] = {
    "saveguard": saveguard,
    "decode": decode,
    "duckdb": duckdb,
    "polars": polars,
    "pandas": pandas,
    "pandera": pandera,
    "great_expectations": great_expectations,
    "tfdv": tfdv,
}
LIBRARIES = {
    "decode": "pyarrow.parquet",
    "pandera": "pandera.pandas",
    "tfdv": "tensorflow_data_validation",
    "saveguard": "saveguard.data.audit",
}


def main(name: str, folder: str, count: int) -> None:
    files = sorted(glob(f"{folder}/*.parquet"))[:count]
    if name.startswith("ray"):
        way = ray(files, int(name.removeprefix("ray")))
    else:
        importlib.import_module(LIBRARIES.get(name, name))
        way = WAYS[name]
    if name == "saveguard":
        # Its rules and readers are imported when they are needed.
        importlib.import_module("pyarrow.parquet")
        importlib.import_module("saveguard").audit({"x": [1.0, 2.0]}, "x: float32[batch, 1]")
    start, cpu = time.perf_counter(), time.process_time()
    way(files)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
