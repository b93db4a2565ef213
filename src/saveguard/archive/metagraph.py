"""`saved_model.pb`: operations, signatures, assets, and the objects that Keras described in it.

The definitions stand in tensorflow/core/protobuf: saved_model.proto, meta_graph.proto and
saved_object_graph.proto; nothing of the graph is built. Several graphs in one file are all read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from saveguard.archive import dtypes
from saveguard.archive.budget import UNREADABLE, Budget, Damaged, OverBudget
from saveguard.archive.source import Source
from saveguard.archive.wire import Field, Wire
from saveguard.facts import Operation

_KERAS = "_tf_keras_"
# Operations that run when the model is loaded are named by these.
_INIT = ("__saved_model_init_op", "saved_model_main_op", "legacy_init_op")
# Operations that most of a graph consists of, and that take no functions.
_PLAIN = frozenset(
    word
    for line in (
        "AddV2 AssignVariableOp BatchMatMulV2 BiasAdd Cast ConcatV2 Const Conv2D",
        "DisableCopyOnRead Enter Exit ExpandDims Fill FusedBatchNormV3 GatherV2 GreaterEqual",
        "Identity Less LogicalAnd MatMul Maximum Mean Merge Minimum Mul NextIteration NoOp Pack",
        "Placeholder Prod Range ReadVariableOp RealDiv Relu Reshape Rsqrt Select SelectV2 Shape",
        "Sigmoid Slice Softmax Split Square Squeeze StopGradient StridedSlice Sub Sum Switch Tanh",
        "TensorListFromTensor TensorListGetItem TensorListReserve TensorListSetItem",
        "TensorListStack Tile Transpose Unpack VarHandleOp ZerosLike",
    )
    for word in line.split()
)


class Described(NamedTuple):
    """An object that Keras described in JSON.

    Attributes:
        number: Its number in the file.
        identifier: `_tf_keras_layer`, `_tf_keras_sequential`, ...
        metadata: The JSON text.
    """

    number: int
    identifier: str
    metadata: str


class Graphs:
    """What was read of a `saved_model.pb` up to now.

    Attributes:
        operations: Every operation of every graph and function.
        described: The objects that Keras described in the file (TensorFlow 2.0 to 2.4).
        graphs: For each graph its `tags`, `tensorflow` (the version that wrote it),
            `signatures`, `assets` (file names), `asset_tensors` (which hold those names), `init`
            (what runs at loading) and `saver`.
        problem: What stopped the reading, or None.
    """

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.described: list[Described] = []
        self.graphs: list[dict[str, Any]] = []
        self.problem: Exception | None = None


def read(source: Source, budget: Budget) -> Graphs:
    """Read a `saved_model.pb` as far as it goes."""
    found = Graphs()
    try:
        wire = Wire(source.upto, source.size, most=budget.fields)
        for graph in wire.messages(2):
            _graph(wire, graph, found, budget)
        if not found.graphs:
            found.problem = Damaged("it holds no graph")
    except UNREADABLE as error:
        found.problem = error
    return found


def _graph(wire: Wire, graph: Field, found: Graphs, budget: Budget) -> None:
    told: dict[str, Any] = {"tags": [], "tensorflow": "", "signatures": {}, "init": [], "saver": {}}
    told |= {"assets": [], "asset_tensors": []}
    number = len(found.graphs)
    found.graphs.append(told)
    for part in wire.fields(*graph[1:]):
        if part.end < 0:
            continue
        match part.number:
            case 1:
                told["tags"] += [wire.text(tag) for tag in wire.messages(4, *part[1:])]
                told["tensorflow"] = _texts(wire, part, {5}).get(5, "")
            case 2:
                for operation in _operations(wire, part, number):
                    if len(found.operations) >= budget.operations:
                        raise OverBudget(f"over the budget of {budget.operations:,} operations")
                    found.operations.append(operation)
            case 3:
                texts = _texts(wire, part)
                told["saver"] = {"save": texts.get(2, ""), "restore": texts.get(3, "")}
            case 4:
                told["init"] += _collected(wire, part)
            case 5:
                _signature(wire, part, told)
            case 6:
                told["assets"].append(_texts(wire, part, {2}).get(2, ""))
                tensors = wire.messages(1, *part[1:])
                told["asset_tensors"] += [_texts(wire, one, {1}).get(1, "") for one in tensors]
            case 7:
                found.described += _described(wire, part, budget.document)


def _operations(wire: Wire, graph: Field, number: int) -> Iterator[Operation]:
    """The operations of a graph and of every function in its library."""
    for part in wire.fields(*graph[1:]):
        if part.number == 1 and part.end >= 0:
            yield _operation(wire, part, "", number)
        if part.number != 2 or part.end < 0:
            continue
        for function in wire.messages(1, *part[1:]):
            name = ""
            for signature in wire.messages(1, *function[1:]):
                name = sys.intern(_texts(wire, signature, {1}).get(1, name))
            for node in wire.messages(3, *function[1:]):
                yield _operation(wire, node, name, number)


def _operation(wire: Wire, node: Field, graph: str, number: int) -> Operation:
    texts: dict[int, str] = {}
    inputs: list[Field] = []
    attributes: list[Field] = []
    for field in wire.fields(*node[1:]):
        if field.end >= 0 and field.number in (1, 2):
            texts[field.number] = wire.text(field)
        elif field.end >= 0:
            attributes += [field] if field.number == 5 else []
            inputs += [field] if field.number == 3 else []
    op = sys.intern(texts.get(2, ""))
    wired = not graph or op.startswith("InitializeTable")
    calls = [] if op in _PLAIN else [call for field in attributes for call in _calls(wire, field)]
    return Operation(
        op=op,
        name=texts.get(1, ""),
        graph=graph,
        meta=number,
        inputs=tuple(wire.text(field) for field in inputs) if wired else (),
        calls=tuple(calls),
    )


def _calls(wire: Wire, attribute: Field) -> Iterator[str]:
    """The functions that an attribute names: one, or a list."""
    for value in wire.messages(2, *attribute[1:]):
        for part in wire.fields(*value[1:]):
            if part.end < 0 or part.number not in (1, 10):
                continue
            named = [part] if part.number == 10 else wire.messages(9, *part[1:])
            for function in named:
                yield _texts(wire, function, {1}).get(1, "")


def _texts(wire: Wire, message: Field, wanted: set[int] | None = None) -> dict[int, str]:
    """The texts of a message by number; of one that is repeated, the last, as it is parsed."""
    return {
        field.number: wire.text(field)
        for field in wire.fields(*message[1:])
        if field.end >= 0 and (wanted is None or field.number in wanted)
    }


def _collected(wire: Wire, collection: Field) -> list[str]:
    """What a collection says is to run at loading: a pair of its name and its lists."""
    key = "".join(wire.text(field) for field in wire.messages(1, *collection[1:]))
    if key not in _INIT:
        return []
    return [
        wire.text(name)
        for value in wire.messages(2, *collection[1:])
        for names in wire.messages(1, *value[1:])
        for name in wire.messages(1, *names[1:])
    ]


def _signature(wire: Wire, signature: Field, told: dict[str, Any]) -> None:
    """Put one pair of a name and its signature where it belongs."""
    name = "".join(wire.text(field) for field in wire.messages(1, *signature[1:]))
    for value in wire.messages(2, *signature[1:]):
        inputs = dict(_tensor(wire, pair) for pair in wire.messages(1, *value[1:]))
        outputs = dict(_tensor(wire, pair) for pair in wire.messages(2, *value[1:]))
        if name in _INIT:
            told["init"] += [tensor["tensor"] for tensor in outputs.values()]
        else:
            told["signatures"][name] = {"inputs": inputs, "outputs": outputs}


def _tensor(wire: Wire, pair: Field) -> tuple[str, dict[str, Any]]:
    """The name of an input or output with what the signature says of it."""
    name = ""
    told: dict[str, Any] = {"tensor": "", "dtype": "", "shape": None}
    for field in wire.fields(*pair[1:]):
        if field.number == 1 and field.end >= 0:
            name = wire.text(field)
        if field.number != 2 or field.end < 0:
            continue
        for part in wire.fields(*field[1:]):
            if part.number == 1 and part.end >= 0:
                told["tensor"] = wire.text(part)
            elif part.number == 2 and part.end < 0:
                told["dtype"] = dtypes.name(part.value)
            elif part.number == 3 and part.end >= 0:
                axes = dtypes.shape(wire, *part[1:])
                told["shape"] = None if axes is None else [n if n >= 0 else None for n in axes]
    return name, told


def _described(wire: Wire, objects: Field, most: int) -> Iterator[Described]:
    """The objects that carry a description by Keras; the others are TensorFlow's own."""
    for number, node in enumerate(wire.messages(1, *objects[1:])):
        for user in wire.messages(4, *node[1:]):
            identifier = metadata = None
            for field in wire.fields(*user[1:]):
                if field.number == 1 and field.end >= 0:
                    identifier = wire.text(field)
                elif field.number == 3 and field.end > field.value:
                    metadata = field
            if metadata is not None and (identifier or "").startswith(_KERAS):
                yield Described(number, str(identifier), wire.text(metadata, most))


def metadata(source: Source, budget: Budget) -> tuple[list[Described], Exception | None]:
    """The objects that a `keras_metadata.pb` describes, and what stopped the reading, or None."""
    found: list[Described] = []
    try:
        wire = Wire(source.upto, source.size, most=budget.fields)
        for number, node in enumerate(wire.messages(1)):
            texts = {
                field.number: wire.text(field, budget.document)
                for field in wire.fields(*node[1:])
                if field.end >= 0
            }
            found.append(Described(number, texts.get(4, ""), texts.get(5, "")))
    except UNREADABLE as error:
        return found, error
    return found, None
