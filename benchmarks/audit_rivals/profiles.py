"""TensorFlow Data Validation: a profile of the data, which it then holds against a schema."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator
from typing import Any

from asked import FLOATS, LISTS, PLAIN


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
