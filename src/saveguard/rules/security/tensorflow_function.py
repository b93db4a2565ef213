"""A layer stands for a function of TensorFlow that reads, writes, or calls Python.

## What happens

tf.keras turns such a layer back into the function that it names, and calls it while the model is
rebuilt and at every prediction. Keras 3 does not know these layers and refuses the file.

## Why

tf.keras up to 2.15 stores a function of TensorFlow in a functional model as a `TFOpLambda` with
the function's name, or as a `TensorFlowOpLayer` with a piece of graph. Those of a model compute;
one that touches files has no place in it.

## Fix

Do not load the file before you know where it comes from.

## Seen in

- TensorFlow 2.0 to 2.15, tf_keras: no message.

## References

- https://github.com/keras-team/tf-keras/blob/master/tf_keras/src/layers/core/tf_op_layer.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Finding
from saveguard.rule import Call, Rule
from saveguard.rules import operations

rule = Rule("SG317", "tensorflow-function", since="0.1")

_LAYERS = {"TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty"}
# Rooms of `tf` that hold no computation, and what in them does compute.
_ROOMS = re.compile(
    r"(?:autograph|compat|config|data|debugging|distribute|estimator|experimental|feature_column"
    r"|io|keras|lite|lookup|profiler|queue|raw_ops|saved_model|summary|sysconfig|test|tpu|train"
    r"|types|version|xla)\."
)
_COMPUTES = re.compile(
    r"(?:compat\.v1\.)?(?:io\.(?:decode|parse|encode|serialize)_\w+|debugging\.(?:assert|check)_\w+"
    r"|debugging\.is_numeric_tensor|compat\.v1\.(?:\w+|(?:math|nn|image|linalg|signal)\.\w+)"
    r"|keras\.(?:backend|activations|losses|utils)\.\w+|xla\.experimental\.compile"
    r"|experimental\.numpy\.\w+)"
)
_CERTAIN = re.compile(r"io\.|compat\.v1\.(?:gfile|py_func)|(?:.*\.)?(?:py_func\w*|numpy_function)$")
_LOADS = re.compile(r"(?:.*\.)?(?:py_func\w*|numpy_function|load_\w*library)")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for node in facts.nodes:
        named = _named(node)
        if named:
            yield rule.finding(
                where=f"{node.document} {node.path}",
                message=f"layer `{node.layer or node.name}` stands for `{named[:60]}`",
                why="That is a function of TensorFlow that does more than compute. tf_keras and"
                " TensorFlow up to 2.15 call it when the model is rebuilt; Keras 3 refuses.",
                fix="do not load the file before you know where it comes from",
                certainty="certain" if _is_certain(named) else "likely",
            )


def _is_certain(named: str) -> bool:
    return bool(_CERTAIN.match(named) or operations.deed(named.rpartition(".")[2]))


def _named(node: Node) -> str:
    """The function or operation that a layer stands for, where that is more than a computation."""
    if node.class_name in _LAYERS:
        function = node.config.get("function")
        if not isinstance(function, str):
            return ""
        room, _, name = function.rpartition(".")
        if room == "raw_ops":
            return function if operations.deed(name) else ""
        plain = _COMPUTES.fullmatch(function) or not _ROOMS.match(function)
        return "" if plain and not _LOADS.fullmatch(function) else function
    if node.class_name == "TensorFlowOpLayer":
        definition = node.config.get("node_def")
        text = definition if isinstance(definition, str) else str(definition)
        found = re.search(r"[\"']?\bop[\"']?\s*:\s*[\"'](\w+)[\"']", text)
        op = found.group(1) if found else ""
        return op if operations.deed(op) else ""
    return ""


def bad(tmp: Path) -> Call:
    """A TFOpLambda of `tf.io.read_file`."""
    return Call("check", (_h5(tmp, "io.read_file"),), {"keras": "2.15"})


def good(tmp: Path) -> Call:
    """A file without such a layer."""
    from saveguard.rules.forged import weights

    return Call("check", (weights(tmp / "m.weights.h5"),))


def _h5(tmp: Path, function: str) -> Path:
    import json

    import h5py

    layer = {"class_name": "TFOpLambda", "config": {"name": "read", "function": function}}
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": [layer]}}
    path = tmp / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.create_group("model_weights").attrs["layer_names"] = [b"read"]
    return path
