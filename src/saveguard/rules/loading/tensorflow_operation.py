"""A layer of the file stands for a function of TensorFlow that was called on a Keras tensor.

## What happens

`load_model` stops at the first such layer. tf.keras up to 2.15 loads the file.

## Why

Where `tf.` functions or Python's operators were called on the tensors of a functional model,
tf.keras stored them as `TFOpLambda`, `SlicingOpLambda` or `TensorFlowOpLayer`. Keras 3 has none
of them: its own operations are `keras.ops`.

## Fix

Hand the loader a class that looks the function up, from a list of your own:

    import tensorflow as tf

    class TFOpLambda(keras.layers.Layer):
        def __init__(self, function, **kwargs):
            super().__init__(**kwargs)
            self.function = {"math.multiply": tf.multiply}[function]

        def call(self, *args, **kwargs):
            return self.function(*args, **kwargs)

Or rebuild the model with `keras.ops`, and take over the weights.

## Seen in

- Keras 3.0 to 3.15.1: "Unknown layer: 'TFOpLambda'. Please ensure you are using a
  `keras.utils.custom_object_scope` and that this object is included in the scope."

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://github.com/keras-team/keras/issues/19466
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.revive import Stop
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping
from saveguard.rules.old_files import entry, functional, h5, node, on

rule = Rule("SG217", "tensorflow-operation", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "operation"):
        yield rule.finding(
            where=stop.where,
            message=f"the layer `{stop.node.name if stop.node else ''}` is the TensorFlow function"
            f" `{_function(stop)}`{more}",
            why=f"tf.keras stored it as {stop.values['name']}, which Keras 3 does not have;"
            f" {stopping(facts, stop)}.",
            fix=f"rebuild the model with keras.ops in place of `{_function(stop)}` and take over"
            f' the weights; or pass custom_objects={{"{stop.values["name"]}": ...}} with a layer'
            " that calls the function",
        )


def _function(stop: Stop) -> str:
    config = stop.node.config if stop.node else {}
    function = config.get("function") or config.get("node_def") or stop.values["name"]
    return str(function).partition("\n")[0][:60]


_OPERATIONS = r"TFOpLambda|TensorFlowOpLayer|SlicingOpLambda|ClassMethod|InstanceMethod|TF\w*Op\w*"
rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"op layer was generated from (?P<name3>.{1,60}?), a method that is not an?"
        r" exposed"
        r"|TF symbol `(?P<name4>tf\.[\w.]+)` could not be found"
        r"|class method conversion tried to convert a method belonging to class"
        r" (?P<name5>.{1,60}?),"
        rf"|Unknown layer: ?'?(?P<name>{_OPERATIONS})\b"
        rf"|Could not locate class '(?P<name2>{_OPERATIONS})'"
        r"|Unsupported layer type: SlicingOpLambda",
        stages=("load",),
        message="the file holds `{name}{name2}{name3}{name4}{name5}`: a"
        " function of TensorFlow among the layers",
        why="Keras 2 wrapped such calls into layers of its own, which Keras 3 does not have.",
        fix="rebuild the model by its code with keras.ops or layers in their place, and"
        " load_weights; or load it with tf_keras",
    )
)


def bad(tmp: Path) -> Call:
    """`tf.math.abs` on a Keras tensor."""
    return _check(tmp, node("TFOpLambda", "tf.math.abs", on("x"), function="math.abs"))


def good(tmp: Path) -> Call:
    """A layer in its place."""
    return _check(tmp, node("ReLU", "tf.math.abs", on("x")))


def _check(tmp: Path, layer: dict[str, object]) -> Call:
    model = functional(entry(), layer, output="tf.math.abs")
    return Call("check", (h5(tmp / "m.h5", model),))
