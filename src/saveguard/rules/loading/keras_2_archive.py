"""The `.keras` file was written by Keras 2, whose modules Keras 3 does not have.

## What happens

`load_model` stops at the model's own class, before any layer. tf.keras 2.12 to 2.15 and
`tf_keras` load the file.

## Why

A `.keras` file names each class with its module. Keras 2 wrote its internal ones
(`keras.src.engine.functional`), which moved in Keras 3; its weights are in groups of other
names, too.

## Fix

Load it with the Keras that wrote it, or with `tf_keras`, and save it as `.h5`, which Keras 3
reads:

    pip install tf_keras
    TF_USE_LEGACY_KERAS=1 python -c 'import tf_keras
    tf_keras.models.load_model("m.keras").save("m.h5")'

Or rebuild the model in code, and take the weights over layer by layer.

## Seen in

- Keras 3.0 to 3.15.1: "Could not deserialize class 'Functional' because its parent module
  keras.src.engine.functional cannot be imported."

## References

- https://keras.io/guides/migrating_to_keras_3/
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
  (_retrieve_class_or_fn)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, named, stopping
from saveguard.rules.old_files import archive, public

rule = Rule("SG213", "keras-2-archive", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "old-module"):
        yield rule.finding(
            where=stop.where,
            message=f"{named(stop)} is of the module `{stop.values['module']}`, which Keras"
            f" {facts.keras} does not have{more}",
            why=f"The file was written by Keras 2; {stopping(facts, stop)}.",
            fix="load it with tf_keras (pip install tf_keras) and save it as .h5, which Keras 3"
            f' reads: tf_keras.models.load_model({facts.path!r}).save("old.h5")',
        )


rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Could not deserialize (?:class|function) '(?P<name>[^']+)' because its parent"
        r" module"
        r" (?P<module>(?:keras\.src\.|keras\.engine|keras\.layers|tf_keras)\S*) cannot be imported",
        stages=("load",),
        message="{where} was written by Keras 2: its `{name}` lies in {module}",
        why="The modules of Keras 2 have other names, and Keras 3 does not have these.",
        fix="saveguard migrate {where} new.keras, or load it with tf_keras (pip install tf_keras)",
    )
)


def bad(tmp: Path) -> Call:
    """A model of the module that Keras 2 has."""
    return _check(tmp, "keras.src.engine.functional")


def good(tmp: Path) -> Call:
    """The same model of the module that Keras 3 has."""
    return _check(tmp, "keras.src.models.functional")


def _check(tmp: Path, module: str) -> Call:
    made = public("InputLayer", batch_shape=[None, 4], dtype="float32", name="x")
    entry = {**made, "name": "x", "inbound_nodes": []}
    ends = [["x", 0, 0]]
    model = public(
        "Functional", module, name="m", layers=[entry], input_layers=ends, output_layers=ends
    )
    return Call("check", (archive(tmp / "m.keras", model),))
