"""What writes each layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saveguard.persist.hdf5 import HDF5File
from saveguard.persist.staging import Staging
from saveguard.persist.writer.archive import KerasArchive
from saveguard.persist.writer.shards import ShardedWeights

File = KerasArchive | HDF5File | ShardedWeights


def file_of(
    layout: str, staging: Staging, write_golden: Callable[[Any], None], shard_bytes: float
) -> File:
    """A file of that layout in a staging folder, to be written.

    Args:
        layout: `keras`, `h5`, `weights` or `shards` (see `target.layout_of`).
        write_golden: Called with the open HDF5 file once the weights are in it.
        shard_bytes: Bytes of values that a shard has at most.
    """
    if layout == "shards":
        return ShardedWeights(staging.path, write_golden, shard_bytes, staging.mark)
    return (KerasArchive if layout == "keras" else HDF5File)(staging.path, write_golden)
