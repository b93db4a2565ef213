"""A file is of no format that can be read as data.

## What happens

The file was not looked at, so the data are not known to be clean.

## Why

Neither the end of its name nor its first bytes are of Parquet, Arrow, Feather, NumPy, TFRecord,
HDF5, CSV, lines of JSON or an image; or it holds something else than rows: a saved model, a single
value, complex numbers.

## Fix

Convert the file, give it the ending of its format, or read it yourself and give the batches:

    saveguard.audit(my_reader("train.xyz"), contract="m.keras")

## Seen in

- TF 2.21, taken for TFRecord: "DataLossError: corrupted record at 0 (Is this even a TFRecord
  file?)".
- NumPy 2: "ValueError: the magic string is not correct; expected ..., got ...".

## References

- https://arrow.apache.org/docs/python/dataset.html
- https://keras.io/api/data_loading/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG582", "data-unknown", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file} is no data that can be read: {first.what}{troubles.more(held)}",
            why="It was not looked at, so what is in it is not known.",
            fix="convert it to Parquet, give it the ending of its format, or give the audit an"
            " iterable of"
            " batches",
            certainty="likely",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """A file of a format that nobody knows."""
    return _audit(tmp, b"\x07\x01 measurements \x00\x02")


def good(tmp: Path) -> Call:
    """An array without an ending: its first bytes tell."""
    import io

    import numpy as np

    held = io.BytesIO()
    np.save(held, np.linspace(0, 1, 12, dtype="float32"))
    return _audit(tmp, held.getvalue())


def _audit(tmp: Path, content: bytes) -> Call:
    (tmp / "x.bin").write_bytes(content)
    return Call("audit", (tmp / "x.bin",))
