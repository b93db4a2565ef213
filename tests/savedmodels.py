"""SavedModels written by hand: the few bytes of each format that the readers look at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from saveguard.archive import table

FLOAT, STRING, INT64 = 1, 7, 9
MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def part(field: int, *inner: bytes | str) -> bytes:
    """A field that holds text, bytes or a message of several fields."""
    data = b"".join(one.encode() if isinstance(one, str) else one for one in inner)
    return varint(field << 3 | 2) + varint(len(data)) + data


def shape(*axes: int | None) -> bytes:
    return b"".join(part(2, number(1, -1 if n is None else n)) for n in axes)


def node(name: str, op: str) -> bytes:
    return part(1, name) + part(2, op) + part(5, part(1, "T"), part(2, number(6, FLOAT)))


def function(name: str, *nodes: bytes) -> bytes:
    return part(1, part(1, name)) + b"".join(part(3, one) for one in nodes)


def graph(nodes: Iterable[bytes] = (), functions: Iterable[bytes] = ()) -> bytes:
    library = part(2, *(part(1, one) for one in functions))
    return b"".join(part(1, one) for one in nodes) + library


def tensor(name: str, tensor_name: str, dtype: int, *axes: int | None) -> bytes:
    info = part(1, tensor_name) + number(2, dtype) + part(3, shape(*axes))
    return part(1, name) + part(2, info)


def saved_model(*parts: bytes, version: str = "2.15.1") -> bytes:
    """A `saved_model.pb` with one graph, tagged `serve`."""
    info = part(1, part(4, "serve"), part(5, version))
    return number(1, 1) + part(2, info, *parts)


def described(identifier: str, metadata: Any) -> bytes:
    """An object of the graph that Keras described, as TensorFlow 2.0 to 2.4 wrote it."""
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    return part(1, part(4, part(1, identifier), part(3, text)))


def keras_metadata(*objects: tuple[str, Any]) -> bytes:
    """A `keras_metadata.pb`, as TensorFlow 2.5 and later write it."""
    return b"".join(
        part(1, number(2, at), part(3, "root"), part(4, identifier), part(5, json.dumps(metadata)))
        for at, (identifier, metadata) in enumerate(objects)
    )


def entry(dtype: int, axes: tuple[int, ...], offset: int, size: int, shard: int = 0) -> bytes:
    place = number(3, shard) + number(4, offset) + number(5, size)
    return number(1, dtype) + part(2, shape(*axes)) + place


def block(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """A table's block with its trailer; keys share what they have in common."""
    out, before = b"", b""
    for key, value in pairs:
        shared = 0
        while shared < min(len(key), len(before)) and key[shared] == before[shared]:
            shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value))
        out += key[shared:] + value
        before = key
    out += (0).to_bytes(4, "little") + (1).to_bytes(4, "little") + b"\0"
    return out + table.masked(table.crc32c(out)).to_bytes(4, "little")


def index(entries: dict[str, bytes], shards: int = 1) -> bytes:
    """A checkpoint's index."""
    pairs = [(b"", number(1, shards))]
    pairs += sorted((key.encode(), value) for key, value in entries.items())
    data = block(pairs)
    where = varint(0) + varint(len(data) - 5)
    directory = block([(b"\xff", where)])
    metadata = block([])
    places = varint(len(data) + len(directory)) + varint(len(metadata) - 5)
    places += varint(len(data)) + varint(len(directory) - 5)
    return data + directory + metadata + places.ljust(40, b"\0") + MAGIC


def write(
    folder: Path, graph_bytes: bytes, arrays: dict[str, Any] | None = None, metadata: bytes = b""
) -> Path:
    """A whole folder; `arrays` are NumPy arrays by key."""
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(graph_bytes)
    if metadata:
        (folder / "keras_metadata.pb").write_bytes(metadata)
    data, entries = b"", {}
    for key, array in (arrays or {}).items():
        dtype = {"float32": FLOAT, "int64": INT64}[array.dtype.name]
        entries[key] = entry(dtype, array.shape, len(data), array.nbytes)
        data += array.tobytes()
    (folder / "variables" / "variables.index").write_bytes(index(entries))
    (folder / "variables" / "variables.data-00000-of-00001").write_bytes(data)
    return folder
