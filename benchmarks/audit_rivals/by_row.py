"""pandera and Great Expectations: libraries of checks, which look at lists one row at a time."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from asked import FLOATS, LISTS, PADS, PLAIN


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
