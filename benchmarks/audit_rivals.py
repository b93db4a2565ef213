"""One way to look at a Parquet folder, timed in a process of its own: seconds and peak memory.

    python benchmarks/audit_rivals.py NAME FOLDER FILES

Each gives the same facts in the way that its own pages show, as far as it can give them; what each
is asked stands in docs/audit.md. Of lists: rows, nulls, how many there are of each length, empties,
wrong lengths, the range; values out of bounds, NaN and infinite ones, with the rows that have them;
how many values are the padding value, and the rows that begin, end, or are nothing but it. Of plain
columns: nulls, range, values out of bounds. Polars also names the first rows of each. The audit
names the first values, too, tells padding between real steps, and has a histogram of values.
It runs in any interpreter that has the library; imports are not timed. Prints a line of JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from glob import glob
from typing import Any

# The lengths that are due, and the bounds of the values.
LISTS = {"tokens": (1, 380, 0, 29999), "measured": (1, 400, -1e6, 1e6), "image": (48, 48, -9, 9)}
PLAIN = {"age": (0, 110), "label": (0, 9)}
FLOATS = ("measured", "image")
PADS = {"tokens": 0, "measured": -1}
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
    pl = importlib.import_module("polars")
    told = [pl.len().alias("rows")]
    for name, bounds in LISTS.items():
        facts = polars_list(pl, name, *bounds)
        told += [fact.alias(f"{name} {key}") for key, fact in facts.items()]
    for name, (low, high) in PLAIN.items():
        column = pl.col(name)
        rows = {"nulls": column.is_null(), "outside": ~column.is_between(low, high)}
        facts = {"min": column.min(), "max": column.max()} | polars_rows(pl, rows)
        told += [fact.alias(f"{name} {key}") for key, fact in facts.items()]
    frame = pl.scan_parquet(files, row_index_name="row")
    return frame.select(told).collect(engine="streaming")


def polars_rows(pl: Any, found: dict[str, Any]) -> dict[str, Any]:
    """How many rows are so, and the first five of them."""
    counts = {f"rows {key}": which.sum() for key, which in found.items()}
    first = {
        f"first {key}": pl.col("row").filter(which).head(5).implode()
        for key, which in found.items()
    }
    return counts | first


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
    return facts | polars_rows(pl, rows)


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


def pandera(files: list[str]) -> Any:
    pd, pa = importlib.import_module("pandas"), importlib.import_module("pandera.pandas")

    def checks(name: str, bounds: Any) -> list[Any]:
        facts = row_facts(name, *bounds).values()
        return [pa.Check(lambda row, one=one: not one(row), element_wise=True) for one in facts]

    columns = {
        name: pa.Column(object, checks(name, bounds), nullable=True)
        for name, bounds in LISTS.items()
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


def row_facts(name: str, short: int, long: int, low: float, high: float) -> dict[str, Any]:
    """What may be wrong with a row, as functions of its array."""
    np = importlib.import_module("numpy")
    facts: dict[str, Callable[[Any], bool]] = {
        "empty": lambda row: not len(row),
        "length": lambda row: not short <= len(row) <= long,
        "outside": lambda row: bool(((row < low) | (row > high)).any()),
    }
    if name in FLOATS:
        facts["nan"] = lambda row: bool(np.isnan(row).any())
        facts["infinite"] = lambda row: bool(np.isinf(row).any())
    if name in PADS:
        pad = PADS[name]
        facts["leading"] = lambda row: bool(len(row) and row[0] == pad)
        facts["trailing"] = lambda row: bool(len(row) and row[-1] == pad)
        facts["nothing but"] = lambda row: bool(len(row) and (row == pad).all())
    return facts


def great_expectations(files: list[str]) -> Any:
    gx, pd = importlib.import_module("great_expectations"), importlib.import_module("pandas")
    found, context = [], gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("files").add_dataframe_asset("file")
    whole, due = asset.add_batch_definition_whole_dataframe("whole"), gx.expectations
    for file in files:
        # It has no expectations of lists, so what may be wrong with a row becomes columns.
        frame, columns, told = pd.read_parquet(file), {}, []
        for name, bounds in LISTS.items():
            told.append(due.ExpectColumnValuesToNotBeNull(column=name))
            columns[name], filled = frame[name].notna(), frame[name].dropna()
            for key, fact in row_facts(name, *bounds).items():
                column = f"{name} {key}"
                columns[column] = filled.map(fact).reindex(frame.index)
                told.append(due.ExpectColumnValuesToBeInSet(column=column, value_set=[False]))
        for name, (low, high) in PLAIN.items():
            columns[name] = frame[name]
            told.append(due.ExpectColumnValuesToNotBeNull(column=name))
            told.append(
                due.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high)
            )
        suite = gx.ExpectationSuite(name="suite", expectations=told)
        batch = whole.get_batch({"dataframe": pd.DataFrame(columns)})
        found.append(batch.validate(suite).success)
    return found


def tfdv(files: list[str]) -> Any:
    library = importlib.import_module("tensorflow_data_validation")
    beam = importlib.import_module("apache_beam")
    schema = importlib.import_module("google.protobuf.text_format").Parse(
        tfdv_schema(), importlib.import_module("tensorflow_metadata.proto.v0.schema_pb2").Schema()
    )
    with tempfile.TemporaryDirectory() as folder:
        output = f"{folder}/statistics.pb"
        with beam.Pipeline() as pipeline:
            _ = (
                pipeline
                | beam.Create(files)
                | beam.FlatMap(tfdv_batches)
                | library.GenerateStatistics(library.StatsOptions(schema=schema))
                | library.WriteStatisticsToBinaryFile(output)
            )
        return library.validate_statistics(library.load_stats_binary(output), schema)


def tfdv_schema() -> str:
    told = []
    for name, (short, long, low, high) in LISTS.items():
        kind = "FLOAT" if name in FLOATS else "INT"
        domain = f"float_domain {{min: {low} max: {high} disallow_nan: true disallow_inf: true}}"
        if name not in FLOATS:
            domain = f"int_domain {{min: {low} max: {high}}}"
        told.append(
            f'name: "{name}" type: {kind} value_count {{min: {short} max: {long}}} {domain}'
        )
    for name, (low, high) in PLAIN.items():
        told.append(f'name: "{name}" type: INT int_domain {{min: {low} max: {high}}}')
    return " ".join(f"feature {{ {one} presence {{min_fraction: 1}} }}" for one in told)


def tfdv_batches(file: str) -> Iterator[Any]:
    """A file in batches of TFDV's own size; its columns are lists, none of them of a fixed size."""
    pa, pq = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    size = importlib.import_module("tensorflow_data_validation.constants")
    for batch in pq.ParquetFile(file).iter_batches(size.DEFAULT_DESIRED_INPUT_BATCH_SIZE):
        yield pa.RecordBatch.from_arrays([listed(one, pa) for one in batch], batch.schema.names)


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
    ready: set[int] = set()
    while len(ready) < workers:
        # Starting workers is not timed: each has begun, and has imported what it needs.
        ready |= set(
            library.get([library.remote(started).remote(files[0]) for _ in range(workers)])
        )
    audit(files[:1], LINE, **options)
    return lambda files: audit(files, LINE, **options)


def started(file: str) -> int:
    """The process of a worker that has done a piece of work, and left the next to the others."""
    importlib.import_module("saveguard").audit(file, LINE, workers=1)
    time.sleep(1)
    return os.getpid()


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
