"""A data file is cut short, empty or damaged.

## What happens

The loader stops in the middle of an epoch, often hours into a training, or skips what it cannot
read. The audit reads what is whole, says from which row on the rest is lost, and goes on with the
other files.

## Why

The job that wrote the file was killed or its disk was full, the copy was broken off, or bytes
changed on the way. A Parquet file has its index at the end, and is lost as a whole; `.npy`,
TFRecord and lines of text are lost from the cut on. TFRecord has a checksum for each record.

## Fix

Make or copy the file anew. Compare its size and digest with those at its origin:

    sha256sum FILE

## Seen in

- TF 2.21: "DataLossError: truncated record at 24697' failed with Read less bytes than requested";
  "DataLossError: corrupted record at 1941".
- pyarrow 26: "ArrowInvalid: Could not open Parquet input source '...': Parquet magic bytes not
  found in footer. Either the file is corrupted or this is not a parquet file."
- NumPy 2: "ValueError: mmap length is greater than file size"; `.npz`: "BadZipFile: File is not a
  zip file".
- h5py 3: "OSError: Unable to synchronously open file (truncated file: eof = 5120, ...)".
- TF 2.21, images: "InvalidArgumentError: Input is empty."; "jpeg::Uncompress failed. Invalid JPEG
  data or crop window."

## References

- https://www.tensorflow.org/tutorials/load_data/tfrecord
- https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import BatchFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import troubles

rule = Rule("SG581", "data-damaged", since="0.1")


@rule.in_data
def _(facts: BatchFacts) -> Iterator[Finding]:
    for held in troubles.of(facts, rule.code):
        first = held.first[0]
        yield rule.finding(
            message=f"{first.file} is damaged: {first.what}{troubles.more(held)}",
            why="What stands before the damage was read and counted; the rest was not. A loader"
            " stops there,"
            " in the middle of an epoch.",
            fix="make the file anew or copy it again, and compare its size and digest with the"
            " original's",
            **troubles.told(held),
        )


def bad(tmp: Path) -> Call:
    """An array whose file was cut in the middle."""
    return _audit(tmp, 20)


def good(tmp: Path) -> Call:
    """The whole file."""
    return _audit(tmp, 0)


def _audit(tmp: Path, cut: int) -> Call:
    import numpy as np

    np.save(tmp / "x.npy", np.linspace(0, 1, 12, dtype="float32"))
    data = (tmp / "x.npy").read_bytes()
    (tmp / "x.npy").write_bytes(data[: len(data) - cut])
    return Call("audit", (tmp / "x.npy", "x: float32[batch, 1]"))
