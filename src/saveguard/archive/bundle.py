"""A TensorFlow checkpoint: an index of arrays, and the files that hold their bytes.

`NAME.index` is a sorted table whose values are `BundleEntryProto` messages; the bytes lie in
`NAME.data-00000-of-00001` and its neighbours. The messages' definitions:
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from saveguard.archive import dtypes, table
from saveguard.archive.budget import BUDGET, UNREADABLE, Budget, Damaged, OverBudget, kind_of
from saveguard.archive.folder import opened
from saveguard.archive.wire import Field, Wire, signed, varint
from saveguard.facts import StoredArray, Unread

INDEX = "variables/variables.index"
# The key under which a checkpoint holds its own object graph.
_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_MOST_GRAPH = 1 << 24
_MOST_SHARDS = 1 << 12
_OPTIMIZER = re.compile(r"(^|/)_?optimizers?/|/\.OPTIMIZER_SLOT/|^beta[12]_power$")
_OTHER = re.compile(r"^(keras_api/metrics/|save_counter/)|^global_step$|^_CHECKPOINTABLE_")
# What optimizers of TensorFlow 1 append to the name of the variable that they look after.
_SLOT = re.compile(r"(.+)/(Adam|Momentum|RMSProp|Adagrad|Adadelta|Ftrl|ExponentialMovingAverage)")


class Bundle(NamedTuple):
    """What a checkpoint holds.

    Attributes:
        arrays: Its arrays, in the order of their keys.
        names: The name of the variable behind a key, where the checkpoint knows it.
        damage: What is wrong with it; empty where nothing is.
        unread: What was not read.
    """

    arrays: tuple[StoredArray, ...]
    names: dict[str, str]
    damage: str
    unread: tuple[Unread, ...]


class Object(NamedTuple):
    """An object of a checkpoint.

    Attributes:
        children: The numbers of the objects that it holds, by what it calls them.
        key: The key of its value, where it has one.
        name: The name of the variable that it is, where it is one.
    """

    children: dict[str, int]
    key: str
    name: str


class _Entry(NamedTuple):
    dtype: int = 0
    shape: tuple[int, ...] = ()
    shard: int = 0
    offset: int = 0
    size: int = 0
    sliced: int = 0


class _Index(NamedTuple):
    """An index as far as it could be read."""

    entries: dict[str, _Entry]
    shards: int = 1
    little: bool = True
    problem: Exception | None = None


class _Shard(NamedTuple):
    """A file of values.

    Attributes:
        path: Where it is; empty where it is a link to elsewhere, which is not followed.
        size: Its bytes; -1 where it cannot be read.
        problem: Why it cannot.
    """

    member: str
    path: str = ""
    size: int = -1
    problem: Exception | None = None


def read(folder: str, budget: Budget) -> Bundle:
    """The arrays of the checkpoint in a SavedModel; nothing of their values is read."""
    index = _index(folder, budget)
    shards = [_shard(folder, number, index.shards) for number in range(index.shards)]
    damage = [f"{one.member}: {one.problem}" for one in shards if _is_damage(one.problem)]
    unread = [_unread(one.member, one.problem) for one in shards if one.problem is not None]
    if index.problem is not None:
        unread.append(_unread(INDEX, index.problem))
        damage += [f"{INDEX}: {index.problem}"] if _is_damage(index.problem) else []
    names = {} if unread else _names(index.entries.get(_GRAPH), shards)
    arrays = []
    for key, entry in index.entries.items():
        if entry.sliced:
            why = f"its values are stored in {entry.sliced} slices"
            unread.append(Unread(what=f"values of {key}", why=why, kind="unknown"))
        else:
            damage += _wrong(key, entry, shards)
        arrays.append(_array(key, entry, shards, index, names.get(key, "")))
    return Bundle(tuple(arrays), names, "; ".join(damage[:3]), tuple(unread))


def _is_damage(problem: Exception | None) -> bool:
    return problem is not None and kind_of(problem) == "damage"


def _unread(what: str, problem: Exception) -> Unread:
    return Unread(what=what, why=str(problem), kind=kind_of(problem))


def _shard(folder: str, number: int, count: int) -> _Shard:
    name = f"variables.data-{number:05}-of-{count:05}"
    try:
        with opened(os.path.join(folder, "variables"), name) as source:
            return _Shard(f"variables/{name}", source.path, source.size)
    except UNREADABLE as error:
        return _Shard(f"variables/{name}", problem=error)


def _index(folder: str, budget: Budget) -> _Index:
    """What stands in the index, as far as it can be read."""
    found: dict[str, _Entry] = {}
    shards, little, problem = 1, True, None
    try:
        with opened(os.path.join(folder, "variables"), "variables.index") as source:
            if source.size > budget.structure:
                raise OverBudget(f"over the budget of {budget.structure:,} bytes of structure")
            data = source.read(0, source.size)
        for key, value in table.entries(data):
            if not key:
                shards, little = _header(value)
            elif key[0]:  # the key of a slice begins with a zero; its array has a key, too
                found[key.decode("utf-8", "backslashreplace")] = _entry(value)
            if len(found) > budget.objects:
                raise OverBudget(f"over the budget of {budget.objects:,} groups and arrays")
    except UNREADABLE as error:
        problem = error
    return _Index(found, shards, little, problem)


def _header(value: bytes) -> tuple[int, bool]:
    """How many files hold the values, and whether the numbers in them are little-endian."""
    numbers = {field.number: field.value for field in Wire.of(value).fields()}
    shards = numbers.get(1, 0)
    if shards > _MOST_SHARDS:
        raise OverBudget(f"over the budget of {_MOST_SHARDS:,} files of values")
    return shards, not numbers.get(2, 0)


def _entry(value: bytes) -> _Entry:
    wire = Wire.of(value)
    numbers: dict[int, int] = {}
    axes: tuple[int, ...] = ()
    sliced = 0
    for field in wire.fields():
        if field.end < 0:
            numbers[field.number] = signed(field.value)
        elif field.number == 2:
            axes = dtypes.shape(wire, *field[1:]) or ()
        sliced += field.number == 7
    dtype, shard, offset, size = (numbers.get(number, 0) for number in (1, 3, 4, 5))
    if min(shard, offset, size, *axes) < 0:
        raise Damaged("an entry has a negative length or place")
    return _Entry(dtype, axes, shard, offset, size, sliced)


def _wrong(key: str, entry: _Entry, shards: list[_Shard]) -> list[str]:
    """What stands against reading the values of one array."""
    if entry.shard >= len(shards):
        return [f"{key} lies in file {entry.shard} of {len(shards)}"]
    member, _, size, _ = shards[entry.shard]
    if 0 <= size < entry.offset + entry.size:
        return [f"{member} ends at byte {size}; {key} ends at {entry.offset + entry.size}"]
    width, count = dtypes.width(entry.dtype), 1
    for length in entry.shape:
        count *= length
    if width and count * width != entry.size:
        told = f"{dtypes.name(entry.dtype)}{list(entry.shape)}"
        return [f"{key} is {told} and has {entry.size} bytes instead of {count * width}"]
    return []


def _array(key: str, entry: _Entry, shards: list[_Shard], index: _Index, name: str) -> StoredArray:
    shard = shards[entry.shard] if entry.shard < len(shards) else _Shard("")
    plain = index.little and not entry.sliced and dtypes.width(entry.dtype)
    return StoredArray(
        path=key,
        member=shard.member,
        shape=entry.shape,
        dtype=dtypes.name(entry.dtype),
        role=_role(key, name, index.entries),
        stored=entry.size,
        offset=entry.offset if plain and shard.path else -1,
        source=shard.path,
    )


def _role(key: str, name: str, entries: dict[str, _Entry]) -> str:
    if _OTHER.search(key):
        return "other"
    slot = _SLOT.match(key)
    if _OPTIMIZER.search(key) or (slot and slot[1] in entries):
        return "optimizer"
    return "seed" if "seed_generator_state" in (key, name.split("/")[-1]) else "weight"


def texts(folder: str, key: str, budget: Budget = BUDGET) -> list[str]:
    """The values of an array of texts: their lengths, a checksum in four bytes, and their bytes.

    Raises:
        Damaged, OverBudget, OSError: Where they cannot be read.
    """
    index = _index(folder, budget)
    entry = index.entries.get(key)
    if entry is None or entry.shard >= index.shards or entry.size > budget.document:
        raise Damaged(f"no texts {key}")
    shard = _shard(folder, entry.shard, index.shards)
    with opened(*os.path.split(shard.path)) as source:
        data = source.read(entry.offset, entry.size)
    lengths, at = [], 0
    for _ in range(math.prod(entry.shape)):
        length, at = varint(data, at)
        lengths.append(length)
    at += 4
    found = []
    for length in lengths:
        found.append(data[at : at + length].decode("utf-8", "replace"))
        at += length
    return found


def objects(folder: str, budget: Budget) -> tuple[Object, ...]:
    """The objects that the checkpoint in a SavedModel holds values of, by number.

    Raises:
        Damaged, OverBudget, OSError: Where it cannot be read.
    """
    index = _index(folder, budget)
    if index.problem is not None:
        raise index.problem
    shards = [_shard(folder, number, index.shards) for number in range(index.shards)]
    return tuple(_objects(index.entries.get(_GRAPH), shards))


def _names(entry: _Entry | None, shards: list[_Shard]) -> dict[str, str]:
    """The names of the variables behind the keys, from the graph that the checkpoint holds."""
    try:
        found = {one.key: one.name for one in _objects(entry, shards)}
    except UNREADABLE:
        return {}  # names are for showing; the arrays stand without them
    return {key: name for key, name in found.items() if key and name}


def _objects(entry: _Entry | None, shards: list[_Shard]) -> Iterator[Object]:
    """The graph is a string: its length, a checksum of the length in four bytes, and its bytes."""
    if entry is None or entry.size > _MOST_GRAPH or entry.shard >= len(shards):
        return
    with opened(*os.path.split(shards[entry.shard].path)) as source:
        data = source.read(entry.offset, entry.size)
    _, start = varint(data, 0)
    wire = Wire.of(data, most=_MOST_GRAPH)
    for node in wire.messages(1, start + 4):
        texts: dict[int, str] = {}
        for attribute in wire.messages(2, *node[1:]):
            texts |= {f.number: wire.text(f) for f in wire.fields(*attribute[1:]) if f.end >= 0}
        yield Object(children(wire, node), texts.get(3, ""), texts.get(2, ""))


def children(wire: Wire, node: Field) -> dict[str, int]:
    """The numbers of the objects that an object holds, by what it calls them."""
    found = {}
    for child in wire.messages(1, *node[1:]):
        number, name = 0, ""
        for field in wire.fields(*child[1:]):
            if field.number == 1 and field.end < 0:
                number = field.value
            elif field.number == 2 and field.end >= 0:
                name = wire.text(field)
        found[name] = number
    return found
