"""Data in any form that Python holds them, as a source."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from saveguard.data.source import Source
from saveguard.data.sources.batches import Batches
from saveguard.data.sources.extras import need
from saveguard.data.sources.files import files
from saveguard.data.sources.tables import Table


def source(data: Any) -> Source:
    """A source for data in any form that is known.

    Args:
        data: A path, a glob, a folder, an address, or a list of them. A source is given back.
            In memory: an array or tensor, rows of sequences, a dictionary of columns, `(x, y)` or
            `(x, y, weights)`, a frame of pandas or polars, an Arrow table, a data set of Hugging
            Face. And what gives batches: `tf.data.Dataset`, `keras.utils.PyDataset`, a torch or
            Grain `DataLoader`, a generator, any other iterable.

    Raises:
        SaveguardError: SG741, if Arrow is not installed.
        TypeError: If the data are none of these.
    """
    if isinstance(data, (str, os.PathLike)):
        return files([data])
    if isinstance(data, (list, tuple)) and data and all(map(_is_path, data)):
        return files(data)
    need("pyarrow", "data", "to read data")
    if isinstance(data, Source):
        return data
    if _is_table(data):
        return Table(data)
    if isinstance(data, Iterable) or hasattr(data, "__getitem__"):
        return Batches(data)
    raise TypeError(f"no data set: {type(data).__name__}")


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _is_table(data: Any) -> bool:
    """Whether data are rows that lie in memory, and no batches that come one by one."""
    if isinstance(data, (Mapping, list, tuple, np.ndarray)):
        return True
    room = type(data).__module__.partition(".")[0]
    if room in ("pandas", "polars", "pyarrow") and room in sys.modules:
        return not hasattr(data, "read_next_batch")
    if room == "datasets":
        return hasattr(data, "data") and hasattr(data, "num_rows")
    return hasattr(data, "__array__") or hasattr(data, "row_splits")
