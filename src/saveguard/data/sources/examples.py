"""`tf.train.Example` and `SequenceExample` as columns, without TensorFlow.

Protobuf follows the messages; the numbers of a feature are one block of bytes on the wire, which
is declared as such here and decoded by NumPy for all records at once.
https://github.com/tensorflow/tensorflow/blob/v2.21.0/tensorflow/core/example/feature.proto
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from saveguard.data.sources import arrays
from saveguard.data.sources.extras import need

if TYPE_CHECKING:
    import pyarrow as pa

# A feature of one record: the name of its kind, with its block or texts. None: it is not there.
Feature = tuple[str, Any] | None
BYTES, FLOATS, INTS = "bytes_list", "float_list", "int64_list"


def features(record: bytes) -> dict[str, Feature]:
    """The features of a record; of a `SequenceExample`, those of each step as a list of features.

    Raises:
        google.protobuf.message.DecodeError: If the record is no such message.
    """
    message = _messages()["Example"].FromString(record)
    found = {name: _feature(held) for name, held in message.features.feature.items()}
    for name, steps in message.feature_lists.feature_list.items():
        found[name] = _steps([_feature(step) for step in steps.feature])
    return found


def column(values: Sequence[Feature]) -> pa.Array:
    """The column of one feature in many records, all of one kind (or null)."""
    import pyarrow as pa

    told = [value for value in values if value]
    kind = next((name for name, held in told if held), told[0][0] if told else "")
    there = np.fromiter((value is not None for value in values), bool, len(values))
    blocks: list[Any] = [held or b"" for _, held in told]
    if not kind:
        return pa.nulls(len(values))
    outer = None
    if kind.startswith("steps "):
        outer = np.fromiter(map(len, blocks), np.int64, len(blocks))
        blocks = [block for steps in blocks for block in steps]
    flat, lengths = _decoded(kind.removeprefix("steps "), blocks)
    found = arrays.ragged(flat, lengths)
    if outer is not None:
        found = arrays.ragged(found, outer)
    return found if there.all() else found.take(places(there))


def count(value: tuple[str, Any]) -> int:
    """How many values (texts, steps) a feature has."""
    kind, held = value
    if kind in (FLOATS, INTS):
        return len(held) // 4 if kind == FLOATS else sum(byte < 0x80 for byte in held)
    return len(held)


def kinds(values: Sequence[Feature]) -> Iterator[tuple[int, int]]:
    """Where a feature changes its kind from one record to the next: stretches of one kind.

    A feature without values is of any.
    """
    start, kind = 0, ""
    for at, value in enumerate(values):
        if value and value[1] and value[0] != kind:
            if kind:
                yield start, at
                start = at
            kind = value[0]
    yield start, len(values)


def _feature(held: Any) -> Feature:
    kind = held.WhichOneof("kind")
    if not kind:
        return None
    values = getattr(held, kind)
    if kind == BYTES:
        return kind, list(values.value)
    if len(values.value) != 1 and values.ByteSize():  # number by number, as some writers do
        packed = _messages()[kind].FromString(values.SerializeToString()).SerializeToString()
        values = type(values).FromString(packed)
    return kind, values.value[0] if values.value else b""


def _steps(steps: list[Feature]) -> Feature:
    told = [step for step in steps if step]
    if not told:
        return None
    return f"steps {told[0][0]}", [step[1] if step else b"" for step in steps]


def _decoded(kind: str, blocks: Sequence[Any]) -> tuple[Any, Any]:
    """All values of a feature one behind the other, and how many each record has."""
    import pyarrow as pa

    if kind == BYTES:
        lengths = np.fromiter(map(len, blocks), np.int64, len(blocks))
        return pa.array([text for block in blocks for text in block], pa.binary()), lengths
    sizes = np.fromiter(map(len, blocks), np.int64, len(blocks))
    data = b"".join(blocks)
    if kind == FLOATS:
        return np.frombuffer(data, "<f4"), sizes // 4
    return _integers(np.frombuffer(data, np.uint8), sizes)


def _integers(data: Any, sizes: Any) -> tuple[Any, Any]:
    """Numbers of variable length: seven bits a byte, the least first; the last is below 128."""
    last = data < 0x80
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1]) if ends.size else ends
    widths = ends - starts + 1
    values = np.zeros(ends.size, np.uint64)
    for step in range(int(widths.max(initial=0))):
        on = np.flatnonzero(widths > step)
        values[on] |= (data[starts[on] + step] & 0x7F).astype(np.uint64) << np.uint64(7 * step)
    before = np.concatenate([[0], np.cumsum(last)])
    edges = np.concatenate([[0], np.cumsum(sizes)])
    return values.view(np.int64), np.diff(before[edges])


def places(there: Any) -> Any:
    """For each record the place of its feature among those that are there, or null."""
    import pyarrow as pa

    return pa.array(np.cumsum(there) - 1, mask=~there)


@functools.cache
def _messages() -> dict[str, Any]:
    """The classes of the messages; a block of numbers is one of bytes, unless it is named."""
    descriptors = need("google.protobuf.descriptor_pb2", "data", "to read TFRecord files")
    pools = need("google.protobuf.descriptor_pool", "data", "to read TFRecord files")
    factory = need("google.protobuf.message_factory", "data", "to read TFRecord files")
    file = descriptors.FileDescriptorProto(name="saveguard/example.proto", syntax="proto3")
    for name, fields in _FIELDS.items():
        _declare(file.message_type.add(name=name), fields)
    pool = pools.DescriptorPool()
    pool.Add(file)
    return {name: factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in _FIELDS}


# Name of a message -> its fields: name, number, label (1 optional, 3 repeated), type (9 string,
# 11 message, 12 bytes; 2 float, 3 int64), and the message that it holds.
_FIELDS: dict[str, tuple[tuple[str, int, int, int, str], ...]] = {
    "Values": (("value", 1, 3, 12, ""),),
    FLOATS: (("value", 1, 3, 2, ""),),
    INTS: (("value", 1, 3, 3, ""),),
    "Feature": tuple(
        (name, at, 1, 11, "Values") for at, name in enumerate((BYTES, FLOATS, INTS), 1)
    ),
    "FeatureList": (("feature", 1, 3, 11, "Feature"),),
    "Features": (("feature", 1, 3, 11, "Features.FeatureEntry"),),
    "FeatureLists": (("feature_list", 1, 3, 11, "FeatureLists.FeatureListEntry"),),
    "Example": (
        ("features", 1, 1, 11, "Features"),
        ("feature_lists", 2, 1, 11, "FeatureLists"),
    ),
}
_MAPS = {"Features": "Feature", "FeatureLists": "FeatureList"}


def _declare(message: Any, fields: Sequence[tuple[str, int, int, int, str]]) -> None:
    for name, number, label, kind, held in fields:
        more = {"type_name": f".{held}"} if held else {}
        message.field.add(name=name, number=number, label=label, type=kind, **more)
    if message.name == "Feature":
        message.oneof_decl.add(name="kind")
        for field in message.field:
            field.oneof_index = 0
    if message.name in _MAPS:
        entry = message.nested_type.add(name=f"{_MAPS[message.name]}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, label=1, type=9)
        entry.field.add(
            name="value", number=2, label=1, type=11, type_name=f".{_MAPS[message.name]}"
        )
