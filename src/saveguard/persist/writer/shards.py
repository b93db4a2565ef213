"""Write a model's weights over several files, two at a time, and the index that names them.

The index is Keras's own `.weights.json`. Its `weight_map` may name any file, so that the shards of
one save never take the names of those of another, and the index makes all of them valid at once.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np

from saveguard.child.arrays import GROUP
from saveguard.child.shards import ENDING, first_of
from saveguard.persist.walking import garbage_kept, walking_faster
from saveguard.persist.writer.archive import WritingWindow, checksum_of
from saveguard.persist.writer.collected import Item, collecting_store
from saveguard.persist.writer.file import File
from saveguard.persist.writer.groups import Dataset, NotWritable
from saveguard.persist.writer.recorded import Written, measure

# A GB as Keras counts them, and what its own store takes where nobody asks for another size.
GB = 1024**3
DEFAULT = 5.0
_AT_ONCE = 2


class _Shard:
    """One file: the groups and arrays that go into it, and its digest once it is written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.size = 0
        self.groups: dict[str, dict[str, Any]] = {}
        self.items: list[Item] = []
        self.done: Future[str] = Future()


class ShardedWeights:
    """A `.weights.json` file being written, its shards beside it; as `KerasArchive`.

    Args:
        path: The index, in a folder of its own.
        write_golden: Called with the first shard, once its weights are in it.
        most: Bytes of values that a shard has at most.
        mark: What tells the shards of this save from those of every other.
    """

    def __init__(
        self, path: Path, write_golden: Callable[[Any], None], most: float, mark: str
    ) -> None:
        self.path = path
        self.write_golden = write_golden
        self.most = most
        self.mark = mark
        self.written = Written()
        self.writer: Literal["saveguard", "keras"] = "saveguard"
        self.described: tuple[str, str] | None = None
        self._index: dict[str, Any] = {"metadata": {"total_size": 0}, "weight_map": {}}
        self._shards: list[_Shard] = []

    def write(self, model: Any) -> Written:
        """Write the weights, and an index without a receipt.

        Raises:
            Exception: Whatever Keras, or a layer's `save_own_variables`, raises.
        """
        from keras.src.saving import saving_lib

        with h5py.File(self.path.with_name(first_of(self.path.name)), "w"):
            pass
        with ThreadPoolExecutor(_AT_ONCE, "saveguard-shard") as pool, garbage_kept():
            self._begin_shard()
            add = functools.partial(self._add, pool)
            store = collecting_store(saving_lib.H5IOStore, self._begin_group, add)
            with walking_faster():
                saving_lib._save_state(model, store, None, "", visited_saveables=set())
            store.finish()
            self._send(pool)
            for shard in self._shards:
                self.written.digests[shard.name] = shard.done.result()
        self._settle()
        self._write_index()
        return self.written

    def write_receipt(self, receipt: str) -> None:
        """Put the receipt into the index, where Keras does not look."""
        self._index[GROUP] = json.loads(receipt)
        self._write_index()

    def _begin_shard(self) -> None:
        stem = self.path.name.removesuffix(ENDING)
        name = f"{stem}_{self.mark}_{len(self._shards) + 1:05}.weights.h5"
        self._shards.append(_Shard(name))

    def _begin_group(self, group: str, attributes: dict[str, Any]) -> None:
        self._shards[-1].groups[group] = attributes

    def _add(self, pool: ThreadPoolExecutor, item: Item) -> None:
        assert item.array is not None
        if self._shards[-1].items and self._shards[-1].size + item.array.nbytes > self.most:
            self._send(pool)
            self._begin_shard()
        shard = self._shards[-1]
        shard.items.append(item)
        shard.size += item.array.nbytes
        self._index["metadata"]["total_size"] += item.array.nbytes
        names = self._index["weight_map"].setdefault(f"/{item.group}", [])
        if shard.name not in names:
            names.append(shard.name)

    def _send(self, pool: ThreadPoolExecutor) -> None:
        """Have the last shard written, beside no more than one other."""
        if len(self._shards) > _AT_ONCE:
            self._shards[-1 - _AT_ONCE].done.result()
        golden = self.write_golden if len(self._shards) == 1 else None
        shard = self._shards[-1]
        shard.done = pool.submit(_write, self.path.with_name(shard.name), shard, golden)

    def _settle(self) -> None:
        for shard in self._shards:
            for item in shard.items:
                assert item.measured is not None
                self.written.note(f"{item.group}/{item.key}", item.value, item.measured)
            shard.items.clear()
        self.written.settle()

    def _write_index(self) -> None:
        self.path.write_text(json.dumps(self._index, indent=4), encoding="utf-8")


def _write(path: Path, shard: _Shard, golden: Callable[[Any], None] | None) -> str:
    """Write a shard and flush it to the disk; returns its digest."""
    with open(path, "w+b", buffering=0) as file:
        try:
            checksum = _by_ours(file, shard, golden)
        except NotWritable:
            file.truncate(0)
            checksum = _by_h5py(file, shard, golden)
        os.fsync(file.fileno())
    for item in shard.items:
        item.array = None  # perhaps the only copy in main memory
    return f"crc32:{checksum:08x}"


def _by_ours(file: Any, shard: _Shard, golden: Callable[[Any], None] | None) -> int:
    weights = File(file.fileno(), 0, measure)
    try:
        _fill(weights, shard, golden)
        return weights.seal()
    finally:
        weights.close()


def _by_h5py(file: Any, shard: _Shard, golden: Callable[[Any], None] | None) -> int:
    window = WritingWindow(file, 0)
    with contextlib.ExitStack() as told:
        told.callback(window.tell_failure)
        with h5py.File(window, "w") as weights:
            _fill(weights, shard, golden)
    return checksum_of(window)


def _fill(weights: Any, shard: _Shard, golden: Callable[[Any], None] | None) -> None:
    for group, attributes in shard.groups.items():
        weights.require_group(group).attrs.update(attributes)
    for item in shard.items:
        array = np.asarray(item.array)
        dataset = weights.create_dataset(f"{item.group}/{item.key}", data=array)
        if array.dtype.name == "bfloat16":
            dataset.attrs["dtype"] = array.dtype.name
        ready = dataset.measured if isinstance(dataset, Dataset) else None
        item.measured = ready or functools.partial(lambda facts: facts, measure(array))
    if golden is not None:
        golden(weights)
