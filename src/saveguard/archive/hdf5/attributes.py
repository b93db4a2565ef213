"""The attributes of a group or an array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from saveguard.archive.budget import Damaged
from saveguard.archive.hdf5 import btree
from saveguard.archive.hdf5.fields import Fields, File, decoded
from saveguard.archive.hdf5.header import (
    ATTRIBUTE,
    ATTRIBUTE_INFO,
    DATASPACE,
    DATATYPE,
    Message,
    resolved,
    shared,
)
from saveguard.archive.hdf5.heap import FractalHeap
from saveguard.archive.hdf5.types import dataspace, datatype, value

# The attributes that Keras writes; the first lists may be split: `weight_names0`, ...
KEPT = {
    "layer_names",
    "weight_names",
    "model_config",
    "training_config",
    "keras_version",
    "tensorflow_version",
    "backend",
    "dtype",
}


def contents(file: File, messages: list[Message]) -> Iterator[bytes]:
    """Each attribute as its message has it."""
    for message in messages:
        if message.kind == ATTRIBUTE:
            file.meter.spend("attributes")
            yield resolved(file, message)
        elif message.kind == ATTRIBUTE_INFO:
            yield from _dense(file, Fields(file, message.content))


def _dense(file: File, fields: Fields) -> Iterator[bytes]:
    fields.take(1)
    fields.take(2 * (fields.number(1) & 1))
    heap, index = fields.address(), fields.address()
    if heap == file.undefined:
        return
    objects = FractalHeap(file, heap)
    for record in btree.version_2(file, index):
        file.meter.spend("attributes")
        yield objects.get(record[:8])


def named(file: File, content: bytes) -> tuple[str, Any]:
    """An attribute's name, and its value if it is one of Keras's; see `types.value`."""
    fields = Fields(file, content)
    version, flags = fields.number(1), fields.number(1)
    if version not in (1, 2, 3):
        raise Damaged(f"an attribute of version {version}")
    sizes = [fields.number(2) for _ in range(3)]
    fields.take(version == 3)
    taken = [fields.take((size + 7) // 8 * 8 if version == 1 else size) for size in sizes]
    name, kind, space = taken
    if version > 1 and flags & 1:
        kind = shared(file, Fields(file, kind), DATATYPE)
    if version > 1 and flags & 2:
        space = shared(file, Fields(file, space), DATASPACE)
    called = decoded(name)
    if called.rstrip("0123456789") not in KEPT:
        return called, None
    shape = dataspace(file, space)
    return called, value(file, datatype(file, kind), shape, fields.take(fields.left))
