"""A SavedModel lacks what Keras keeps beside the graph, or cannot be read by this release.

## What happens

`load_model` stops before it has read a weight.

## Why

`model.save` writes `keras_metadata.pb` (TF 2.5 and later) beside `saved_model.pb`; in it stands
which object is which layer. `tf.saved_model.save` and `model.export` do not write it, copies by
hand leave it behind, and a metadata file of another release may not parse.

## Fix

Copy the folder whole, `keras_metadata.pb` included. Where it never had one, load it as what it
is: a function.

    layer = keras.layers.TFSMLayer("folder", call_endpoint="serving_default")  # Keras 3
    loaded = tf.saved_model.load("folder")                                     # Keras 2

## Seen in

- TF 2.5 to 2.15: "ValueError: Unable to create a Keras model from SavedModel at m. This
  SavedModel was exported with `tf.saved_model.save`, and lacks the Keras metadata file."
- TF 2.5 to 2.15: "OSError: Cannot parse keras metadata at path m/keras_metadata.pb"

## References

- https://github.com/keras-team/tf-keras/blob/v2.15.0/tf_keras/saving/legacy/saved_model/load.py
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG270", "keras-metadata-missing", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "OSError"),
        pattern=r"Unable to create a (?:TF-)?Keras model from (?:this )?SavedModel(?: at"
        r" (?P<path>\S+?)\.(?: |$))?"
        r"|Cannot parse keras metadata(?: at path)? (?P<path2>\S+?):? ",
        message="the SavedModel {path}{path2} lacks Keras's own metadata, or they cannot be read",
        why="Which object is which layer stands in keras_metadata.pb, which only model.save "
        "writes.",
        fix="copy the folder whole, keras_metadata.pb included; where it never had one, "
        "tf.saved_model.load gives its functions",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unable to create a Keras model from SavedModel at m. This "
                "SavedModel was exported with `tf.saved_model.save`, and lacks the Keras "
                "metadata file.",
                'serve.py:<module>:keras.models.load_model("m")',
                "keras/saving/saved_model/load.py:_read_legacy_metadata",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Unable to create a table from the file at m.",
                'serve.py:<module>:read("m")',
            ),
        ),
    )
