"""Which operations of a SavedModel do more than compute, and where TensorFlow itself puts them.

TensorFlow registers some 1,900 operations; these are the families that touch files, sockets or
Python. A name alone is no sign of an attack: TensorFlow's own saver is made of them.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from saveguard.facts import ArchiveFacts, Operation

_PYTHON = re.compile(r"(?:Eager|Stateless)?PyFunc(?:Stateless)?|\w*PyFunction")
_SOCKETS = re.compile(r"(?:Try)?Rpc\w*|\w*DataService\w*|RegisterDataset\w*|BigQuery\w*")
_FILES = re.compile(
    r"(?:Read|Write)File|WholeFileReader\w*|(?:Save|Restore)(?:V2|Slices?)?|MergeV2Checkpoints"
    r"|PrintV2|DebugIdentity\w*|DebugN\w+|DumpTensor|Write\w*Summary\w*|ImportEvent"
    r"|Create\w*Summary(?:File|Db)?Writer|SummaryWriter|(?:Save|Load)Dataset\w*|Snapshot\w*"
    r"|DatasetToTFRecord\w*|\w*TFRecord\w*|TextLine\w*|FixedLengthRecord\w*|LMDB\w*|Sql\w*"
    r"|CSVDataset\w*|(?:Experimental)?MatchingFiles\w*|InitializeTableFromTextFile(?:V2)?"
    r"|CacheDataset(?:V2)?|ListSnapshot\w*|DTensorRestoreV2|DistributedSave|\w*StatisticsSaver"
    r"|FileSystem\w*|LoadAndRemapMatrix|GenerateVocabRemapping|ImmutableConst|ReaderRead\w*"
)
_KINDS = ((_PYTHON, "calls Python"), (_SOCKETS, "opens connections"), (_FILES, "touches files"))
# What TensorFlow's saver is made of; a print in it is a user's own, in a variable's saving.
_SAVER = re.compile(r"(?:Save|Restore)(?:V2|Slices?)?|MergeV2Checkpoints|PrintV2")
_TABLE = re.compile(r"InitializeTableFromTextFile(?:V2)?")
# Operations that write nowhere else than to the console or to memory, unless told otherwise.
OFTEN_HARMLESS = frozenset(("PrintV2", "CacheDataset", "CacheDatasetV2"))
Place = tuple[int, str]


@functools.lru_cache(maxsize=4096)
def deed(op: str) -> str:
    """What an operation does beside computing; empty where nothing."""
    return next((told for pattern, told in _KINDS if pattern.fullmatch(op)), "")


def expected(facts: ArchiveFacts) -> Callable[[Operation], bool]:
    """Whether an operation stands where TensorFlow itself puts such: its saver, its assets."""
    graphs = facts.documents.get("saved_model.pb", {}).get("graphs", [])
    functions = _by_function(facts.operations)
    savers = _savers(graphs, functions)
    assets = {
        (number, name)
        for number, graph in enumerate(graphs)
        for name in _assets(graph, functions.get((number, ""), []))
    }
    callers = _callers(facts.operations)
    names = {(operation.meta, operation.graph, operation.name) for operation in facts.operations}
    served = {
        (number, name)
        for number, graph in enumerate(graphs)
        for name in _served(graph, functions.get((number, ""), []))
    }

    def is_expected(operation: Operation) -> bool:
        if _TABLE.fullmatch(operation.op):
            return _from_asset(operation, assets, callers, names)
        if not _SAVER.fullmatch(operation.op):
            return False
        if operation.graph:
            return (operation.meta, operation.graph) in savers
        return (operation.meta, operation.name) not in served

    return is_expected


def _by_function(operations: Iterable[Operation]) -> dict[Place, list[Operation]]:
    found: dict[Place, list[Operation]] = defaultdict(list)
    for operation in operations:
        found[operation.meta, operation.graph].append(operation)
    return found


def _callers(operations: Iterable[Operation]) -> dict[Place, list[Operation]]:
    found: dict[Place, list[Operation]] = defaultdict(list)
    for operation in operations:
        for name in operation.calls:
            found[operation.meta, name].append(operation)
    return found


def _savers(graphs: list[Any], functions: dict[Place, list[Operation]]) -> set[Place]:
    """The functions that a graph's saver calls, and that nothing else reaches."""
    found: set[Place] = set()
    for number, graph in enumerate(graphs):
        entries = {_node(name) for name in (graph.get("saver") or {}).values() if name}
        main = functions.get((number, ""), [])
        saving = [call for op in main if op.name in entries for call in op.calls]
        inside = _reached(number, saving, functions)
        others = [name for meta, name in functions if meta == number and (meta, name) not in inside]
        calls = [call for op in main if op.name not in entries for call in op.calls]
        outside = [name for name in others if name]
        found |= inside - _reached(number, calls + outside, functions)
    return found


def _reached(number: int, names: list[str], functions: dict[Place, list[Operation]]) -> set[Place]:
    found: set[Place] = set()
    ahead = [(number, name) for name in names]
    while ahead:
        place = ahead.pop()
        if place not in found:
            found.add(place)
            ahead += [(number, call) for op in functions.get(place, ()) for call in op.calls]
    return found


def _served(graph: Any, main: list[Operation]) -> set[str]:
    """Operations of the main graph that run when it is loaded or its signatures are called.

    What TensorFlow 1 adds to save and restore, once for every saver, feeds none of these.
    """
    feeds = {op.name: op.inputs for op in main}
    ends = [
        t["tensor"] for s in graph.get("signatures", {}).values() for t in s["outputs"].values()
    ]
    ahead = [_node(name) for name in [*ends, *graph.get("init", [])]]
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += map(_node, feeds.get(name, ()))
    return found


def _assets(graph: Any, main: list[Operation]) -> set[str]:
    """Operations that give an asset's path: its own, and variables that hold nothing else."""
    found = {_node(name) for name in graph.get("asset_tensors", ()) if name}
    assigned: dict[str, set[str]] = defaultdict(set)
    for op in main if found else ():
        if op.op == "AssignVariableOp" and len(op.inputs) > 1:
            assigned[_node(op.inputs[0])].add(_node(op.inputs[1]))
    found |= {variable for variable, values in assigned.items() if values <= found}
    reads = {op.name: op.inputs for op in main if op.op in ("ReadVariableOp", "Identity")}
    return found | {name for name, given in reads.items() if given and _node(given[0]) in found}


def _from_asset(
    operation: Operation,
    assets: set[Place],
    callers: dict[Place, list[Operation]],
    names: set[tuple[int, str, str]],
) -> bool:
    """Whether a table is filled from an asset: directly, or by a function's argument."""
    inputs = [_node(name) for name in operation.inputs if not name.startswith("^")]
    if len(inputs) < 2:
        return False
    if not operation.graph:
        return (operation.meta, inputs[1]) in assets
    if (operation.meta, operation.graph, inputs[1]) in names:
        return False  # a name that the function makes by itself
    calling = callers.get((operation.meta, operation.graph), [])
    given = [{(c.meta, _node(name)) for name in c.inputs} for c in calling if not c.graph]
    return bool(given) and all(names & assets for names in given)


def _node(tensor: str) -> str:
    """The operation that makes a tensor: `a` of `a:0` and of `a:out:0`."""
    return tensor.lstrip("^").split(":")[0]
