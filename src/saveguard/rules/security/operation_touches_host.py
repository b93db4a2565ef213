"""An operation of a SavedModel reads or writes files, opens connections, or calls Python.

## What happens

The operation runs when the model is loaded or called, with the rights of that process. A
SavedModel is a program, and TensorFlow runs it as it is.

## Why

TensorFlow's own checkpointing uses such operations, in functions of their own; vocabularies are
read from the SavedModel's assets. Saveguard knows these by their place in the graph, and tells of
the same operations anywhere else.

## Fix

Do not load the model before you know where it comes from. Where it is yours, and reads or prints
on purpose, take that out of the exported function.

## Seen in

- TensorFlow 1.x and 2.x, `tf.saved_model.load` and TFSMLayer: no message.

## References

- https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md
- https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/api_def/base_api
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import operations

rule = Rule("SG316", "operation-touches-host", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    if not any(operations.deed(operation.op) for operation in facts.operations):
        return
    expected = operations.expected(facts)
    for operation in facts.operations:
        told_as = operations.deed(operation.op)
        key = (operation.op, operation.graph)
        if not told_as or key in told or expected(operation):
            continue
        told.add(key)
        place = f"function `{operation.graph}`" if operation.graph else "the main graph"
        yield rule.finding(
            where=f"saved_model.pb {operation.graph} {operation.name}".replace("  ", " "),
            message=f"operation `{operation.op}` in {place} {told_as}",
            why="It stands neither in TensorFlow's own saver nor before an asset, and runs with"
            " your rights when the model is loaded or called, in every release.",
            fix="do not load the model before you know where it comes from; where it is yours,"
            " take the operation out of the exported function",
            certainty="likely" if operation.op in operations.OFTEN_HARMLESS else "certain",
        )


def bad(tmp: Path) -> Call:
    """A SavedModel whose serving function reads a file."""
    return Call("check", (_saved_model(tmp, b"ReadFile"),), {"keras": "2.15"})


def good(tmp: Path) -> Call:
    """A SavedModel whose serving function multiplies."""
    return Call("check", (_saved_model(tmp, b"MatMul"),), {"keras": "2.15"})


def _saved_model(tmp: Path, op: bytes) -> Path:
    """One operation in one function, in protobuf's wire format."""

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    node = field(1, b"step") + field(2, op)
    function = field(1, field(1, b"__inference_serve_1")) + field(3, node)
    meta = field(1, field(4, b"serve")) + field(2, field(2, field(1, function)))
    folder = tmp / "m"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"\x08\x01" + field(2, meta))
    return folder
