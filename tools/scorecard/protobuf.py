"""Writes SavedModels by hand, in protobuf's wire format.

The numbers are those of TensorFlow's saved_model.proto, meta_graph.proto, graph.proto,
function.proto, node_def.proto, op_def.proto and Keras's saved_metadata.proto.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SERVING = "__inference_signature_wrapper_7"
SAVING = "__inference__traced_save_5"
RESTORING = "__inference__traced_restore_9"


def number(value: int) -> bytes:
    """An unsigned integer in base 128."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def field(index: int, value: bytes | str | int) -> bytes:
    """One field: a number, or bytes with their length."""
    if isinstance(value, int):
        return number(index << 3) + number(value)
    content = value.encode() if isinstance(value, str) else value
    return number(index << 3 | 2) + number(len(content)) + content


def operation(op: str, name: str, *inputs: str, **attributes: bytes) -> bytes:
    """A NodeDef; an attribute is an encoded AttrValue."""
    node = field(1, name) + field(2, op) + b"".join(field(3, source) for source in inputs)
    pairs = (field(1, key) + field(2, value) for key, value in attributes.items())
    return node + b"".join(field(5, pair) for pair in pairs)


def calls(function: str) -> bytes:
    """An AttrValue that names a function."""
    return field(10, field(1, function))


def text(value: str) -> bytes:
    """An AttrValue that holds a scalar string tensor (dtype 7)."""
    return field(8, field(1, 7) + field(8, value))


def function(name: str, *operations: bytes) -> bytes:
    """A FunctionDef."""
    return field(1, field(1, name)) + b"".join(field(3, node) for node in operations)


def graph(operations: list[bytes], functions: list[bytes]) -> bytes:
    """A GraphDef with a library."""
    library = b"".join(field(1, entry) for entry in functions)
    return b"".join(field(1, node) for node in operations) + field(2, library)


def saver_functions() -> list[bytes]:
    """What TensorFlow's own checkpointing puts into every SavedModel."""
    save = function(
        SAVING, operation("ShardedFilename", "shard"), operation("SaveV2", "SaveV2", "shard")
    )
    restore = function(RESTORING, operation("RestoreV2", "RestoreV2", "file_prefix"))
    return [save, restore]


def signature(key: str, output: str) -> bytes:
    """An entry of signature_def whose one output is a tensor's name."""
    tensor = field(1, "output_0") + field(2, field(1, output))
    return field(1, key) + field(2, field(2, tensor) + field(3, "tensorflow/serving/predict"))


def saved_model(
    folder: Path,
    *,
    serving: tuple[bytes, ...] = (),
    main: tuple[bytes, ...] = (),
    functions: tuple[bytes, ...] = (),
    assets: tuple[str, ...] = (),
    metadata: Any = None,
    collections: tuple[bytes, ...] = (),
    output: str = "StatefulPartitionedCall:0",
) -> Path:
    """A SavedModel whose serving signature runs `serving`."""
    folder.mkdir()
    (folder / "variables").mkdir()
    (folder / "assets").mkdir()
    body = function(SERVING, operation("MatMul", "MatMul", "tokens"), *serving)
    partitioned = [
        operation("StatefulPartitionedCall", "StatefulPartitionedCall", f=calls(SERVING)),
        operation("Placeholder", "saver_filename"),
        operation("StatefulPartitionedCall", "save", "saver_filename", f=calls(SAVING)),
        operation("StatefulPartitionedCall", "restore", "saver_filename", f=calls(RESTORING)),
        *main,
    ]
    meta = field(1, field(4, "serve") + field(5, "2.15.1"))
    meta += field(2, graph(partitioned, [body, *saver_functions(), *functions]))
    meta += field(3, field(1, "saver_filename:0") + field(2, "save:0") + field(3, "restore"))
    meta += b"".join(field(4, entry) for entry in collections)
    meta += field(5, signature("serving_default", output))
    meta += b"".join(field(6, field(1, field(1, "asset:0")) + field(2, name)) for name in assets)
    (folder / "saved_model.pb").write_bytes(field(1, 1) + field(2, meta))
    if metadata is not None:
        entry = field(2, 0) + field(3, "root") + field(4, "_tf_keras_sequential")
        entry += field(5, json.dumps(metadata))
        (folder / "keras_metadata.pb").write_bytes(field(1, entry))
    return folder


def with_table(folder: Path, *more: bytes) -> Path:
    """A SavedModel that fills a table from its asset, whose path a variable holds."""
    fill = operation("InitializeTableFromTextFileV2", "fill", "table", "filename")
    nodes = [
        operation("Placeholder", "asset"),
        operation("VarHandleOp", "holder"),
        operation("AssignVariableOp", "assign", "holder", "asset"),
        operation("ReadVariableOp", "path", "holder", "^assign"),
        operation("StatefulPartitionedCall", "fill", "path", f=calls("__inference_fill_4")),
    ]
    filling = (function("__inference_fill_4", fill),)
    return saved_model(folder, main=(*nodes, *more), functions=filling, assets=("words.txt",))
