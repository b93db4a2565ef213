"""SavedModels whose graphs touch files, sockets or Python."""

from __future__ import annotations

from pathlib import Path

from tools.scorecard.attacks.symbols import configs
from tools.scorecard.case import hostile
from tools.scorecard.protobuf import (
    SAVING,
    calls,
    field,
    function,
    operation,
    saved_model,
    text,
    with_table,
)


@hostile("SavedModel operation", "SG316")
def reads_a_file(folder: Path) -> Path:
    """ReadFile in the serving function."""
    return saved_model(folder / "m", serving=(operation("ReadFile", "read", "name"),))


@hostile("SavedModel operation", "SG316")
def writes_a_file(folder: Path) -> Path:
    """WriteFile in the serving function."""
    return saved_model(folder / "m", serving=(operation("WriteFile", "write", "a", "b"),))


@hostile("SavedModel operation; bypass: the walk does not recurse", "SG316")
def writes_in_a_called_function(folder: Path) -> Path:
    """WriteFile in a function that a function calls."""
    deep = function("__inference_deep_3", operation("WriteFile", "write", "a", "b"))
    middle = operation("PartitionedCall", "call", f=calls("__inference_deep_3"))
    between = function("__inference_between_2", middle)
    outer = operation("PartitionedCall", "call", f=calls("__inference_between_2"))
    return saved_model(folder / "m", serving=(outer,), functions=(between, deep))


@hostile("SavedModel operation; bypass: denylist of names", "SG316")
def prints_to_a_file(folder: Path) -> Path:
    """PrintV2, whose `output_stream` may be a file."""
    stream = operation("PrintV2", "print", "a", output_stream=field(2, "file:///srv/none"))
    return saved_model(folder / "m", serving=(stream,))


@hostile("SavedModel operation; bypass: denylist of names", "SG316")
def writes_a_checkpoint(folder: Path) -> Path:
    """SaveV2 on a name of its own in the serving function, not in the saver."""
    prefix = operation("Const", "prefix", value=text("/srv/none"))
    save = operation("SaveV2", "SaveV2", "prefix")
    return saved_model(folder / "m", serving=(prefix, save))


@hostile("SavedModel operation; bypass: denylist of names", "SG316")
def restores_in_a_function_named_as_the_saver(folder: Path) -> Path:
    """RestoreV2 in a function named as the saver's, which the serving function calls."""
    name = "__inference__traced_restore_99"
    restore = function(name, operation("RestoreV2", "RestoreV2", "prefix"))
    call = operation("PartitionedCall", "call", f=calls(name))
    return saved_model(folder / "m", serving=(call,), functions=(restore,))


@hostile("SavedModel operation", "SG316")
def calls_python(folder: Path) -> Path:
    """PyFunc in the main graph."""
    return saved_model(folder / "m", main=(operation("EagerPyFunc", "python"),))


@hostile("SavedModel operation; bypass: denylist of names", "SG316")
def reads_a_table_of_the_host(folder: Path) -> Path:
    """InitializeTableFromTextFileV2 on a file of the host, not on an asset."""
    name = operation("Const", "name", value=text("/etc/hostname"))
    table = operation("InitializeTableFromTextFileV2", "fill", "table", "name")
    return saved_model(folder / "m", main=(name, table))


@hostile("SavedModel operation; bypass: the asset is trusted", "SG316")
def reads_a_table_by_a_variable(folder: Path) -> Path:
    """The same by a variable that holds an asset's path first, and a file of the host after."""
    other = operation("Const", "other", value=text("/etc/hostname"))
    again = operation("AssignVariableOp", "again", "holder", "other")
    return with_table(folder / "m", other, again)


@hostile("SavedModel operation", "SG316")
def calls_a_server(folder: Path) -> Path:
    """RpcCall in the serving function."""
    return saved_model(folder / "m", serving=(operation("RpcCall", "call", "address"),))


@hostile("asset that leaves the folder", "SG310")
def asset_outside(folder: Path) -> Path:
    """An `asset_file_def` whose file is `../../outside.txt`."""
    return saved_model(folder / "m", assets=("../../outside.txt",))


@hostile("CVE-2025-1550 in keras_metadata.pb", "SG302")
def module_in_metadata(folder: Path) -> Path:
    """A layer of `subprocess` in the `keras_metadata.pb`."""
    layer = configs.node("Popen", {"name": "pipe", "args": ["true"]}, "subprocess")
    return saved_model(folder / "m", metadata={**layer, "name": "pipe"})


@hostile("SavedModel operation; bypass: only one graph is looked at", "SG316")
def writes_in_a_second_graph(folder: Path) -> Path:
    """WriteFile in the second graph of the file, for another tag."""
    path = saved_model(folder / "m")
    node = operation("WriteFile", "write", "a", "b")
    second = field(1, field(4, "train")) + field(2, field(1, node))
    graph = path / "saved_model.pb"
    graph.write_bytes(graph.read_bytes() + field(2, second))
    return path


@hostile("SavedModel operation; bypass: the saver is trusted", "SG316")
def writes_in_the_saver(folder: Path) -> Path:
    """WriteFile in a function that the saver's own function calls."""
    deep = function("__inference__traced_save_6", operation("WriteFile", "write", "a", "b"))
    call = operation("PartitionedCall", "deep", f=calls("__inference__traced_save_6"))
    again = function(SAVING, operation("SaveV2", "SaveV2", "shard"), call)
    return saved_model(folder / "m", functions=(again, deep))


@hostile("SavedModel in another form; bypass: extension gating", "SG9xx")
def graph_as_text(folder: Path) -> Path:
    """The graph as text, `saved_model.pbtxt`, which TensorFlow reads as well."""
    path = folder / "m"
    path.mkdir()
    node = 'node { name: "write" op: "WriteFile" }'
    (path / "saved_model.pbtxt").write_text(f"meta_graphs {{ graph_def {{ {node} }} }}")
    return path


@hostile("bypass: a parse error is clean", "SG316", "SG9xx")
def graph_cut_short(folder: Path) -> Path:
    """A graph whose end is missing, behind the operation that writes."""
    path = saved_model(folder / "m", main=(operation("WriteFile", "write", "a", "b"),))
    graph = path / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:-20])
    return path


@hostile("SavedModel operation; bypass: the saver is trusted", "SG316")
def restores_for_a_signature(folder: Path) -> Path:
    """RestoreV2 in the main graph, under the saver's name, whose tensor a signature gives."""
    read = operation("RestoreV2", "save/RestoreV2", "prefix", "names", "slices")
    return saved_model(folder / "m", main=(read,), output="save/RestoreV2:0")
