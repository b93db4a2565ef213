"""It is a SavedModel folder, which `load_model` of Keras 3 does not read.

## What happens

`load_model` stops at once. TensorFlow's own loader still runs the model's signatures; tf.keras
up to 2.15 and `tf_keras` give the model itself.

## Why

A SavedModel holds TensorFlow graphs. Keras 3 runs on other backends too, and reads `.keras` and
`.h5` files only.

## Fix

For inference on the TensorFlow backend:

    layer = keras.layers.TFSMLayer("folder", call_endpoint="serving_default")

To have a Keras model again, load it where it can be loaded and save it in another format:

    pip install tf_keras
    python -c 'import tf_keras; tf_keras.models.load_model("folder").save("m.h5")'

## Seen in

- Keras 3.0 to 3.15.1: "File format not supported: filepath=folder. Keras 3 only supports V3
  `.keras` files, legacy H5 format files (`.h5` extension)."

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_api.py (load_model)
- https://keras.io/api/layers/backend_specific_layers/tfsm_layer/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping

rule = Rule("SG222", "saved-model-folder", since="0.1")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, _ in halts(facts, "savedmodel"):
        written = facts.versions.get("tensorflow", "")
        by = f" of TensorFlow {written}" if written else ""
        yield rule.finding(
            where=facts.path,
            message=f"it is a SavedModel folder{by}, which Keras {facts.keras} does not load",
            why=f"Keras 3 reads .keras and .h5 files only; {stopping(facts, stop)}.",
            fix="save it as .h5 where it can be loaded (pip install tf_keras):"
            f' tf_keras.models.load_model({facts.path!r}).save("m.h5"); for inference alone:'
            f' keras.layers.TFSMLayer({facts.path!r}, call_endpoint="serving_default")',
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"File format not supported: filepath=(?P<path>[^\n]*?(?:/|(?:^|/|=)[^./\n]*))\."
        r" Keras 3 only supports (?!V3 `\.keras`(?: files,| and) `\.weights)",
        stages=("load",),
        message="{path} is a folder, or has no extension: Keras 3 takes it for a SavedModel",
        why="load_model of Keras 3 reads .keras and .h5 files; a SavedModel of TensorFlow it does"
        " not read.",
        fix='keras.layers.TFSMLayer("{path}", call_endpoint="serving_default") for predictions; or'
        " load it with tf_keras and save it as .keras",
    )
)


def bad(tmp: Path) -> Call:
    """A SavedModel of nothing but its schema's version."""
    folder = tmp / "m"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"\x08\x01\x12\x02\x0a\x00")
    return Call("check", (folder,))


def good(tmp: Path) -> Call:
    """A model's own folder, as Keras 3 writes it unzipped."""
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dropout(0.5)])
    keras.saving.save_model(model, tmp / "m", zipped=False)
    return Call("check", (tmp / "m",))
