"""A layer was renamed after its model was built, and the model no longer knows its own graph.

## What happens

The model trains and predicts. `save`, `to_json` and every checkpoint stop with words about
structures and sequences that name no layer. A renamed hidden layer is worse: the file is written,
and loading it never returns.

## Why

`layer._name = "..."` is the usual recipe for joining models whose layers have equal names.
TensorFlow's Keras remembers the graph by strings that hold the names at construction; `get_config`
looks them up by the names of now, finds none for an input or output layer, and packs an empty list
into the structure of the inputs. Keras 3 is not affected.

## Fix

Build the model anew around the renamed layers, and save that:

    model = keras.Model(model.inputs, model.outputs)
    model.save("m.h5")

Or put the old name back, or keep the weights alone with `save_weights`.

## Seen in

- TF 1.14 to 2.0: "ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1"
- TF 2.1 to 2.15: "ValueError: The target structure is of type `<class
  'keras.engine.keras_tensor.KerasTensor'>` ... However the input structure is a sequence (<class
  'list'>) of length 0. ... nest cannot guarantee that it is safe to map one to the other."
- One of several inputs: "ValueError: Could not pack sequence. Structure had 2 elements, but
  flat_sequence had 1 elements."

## References

- https://github.com/tensorflow/tensorflow/issues/27543
- https://github.com/gmalivenko/onnx2keras/issues/81
"""

from __future__ import annotations

import functools
from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG247", "renamed-layer", since="0.1")

_NOT_PACKED = (
    r"Structure is a scalar but len\(flat_sequence\) == 0"
    r"|Could not pack sequence\. Structure had \d+ \w+, but flat_sequence had \d+ \w+"
)
_SAVING = (
    r":get_config|:get_network_config|:_updated_config|\.save\(|to_json\("
    r"|save_model\(|:_save_model|ModelCheckpoint"
)
_renamed = functools.partial(
    Signature,
    exceptions=("ValueError",),
    stages=("save", "checkpoint", "export"),
    message="an input or output layer of the model was renamed after the model had been built",
    why="TensorFlow's Keras remembers the graph by the names at construction, and finds nothing"
    " under the new one.",
    fix="model = keras.Model(model.inputs, model.outputs), then save that; or put the old name"
    " back",
)

rule.in_traceback(
    _renamed(
        pattern=r"target structure is of type[\s\S]*of length 0",
        frames=_SAVING,
    )
)
rule.in_traceback(
    _renamed(
        pattern=_NOT_PACKED,
        frames=_SAVING,
        versions=("tf1.15", "tf2.0", "tf2.10", "tf2.15"),
    )
)
rule.in_traceback(
    _renamed(
        pattern=_NOT_PACKED,
        frames=r"functional\.py:(?:get_config|get_network_config)",
    )
)
rule.in_traceback(
    _renamed(
        pattern=_NOT_PACKED,
        certainty="possible",
        frames=r"network\.py:get_config",
        versions=("tf1.14",),
    )
)


def bad(_tmp: Path) -> Call:
    """An input layer renamed by `_name`."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Structure is a scalar but len(flat_sequence) == 0 > 1",
                'train.py:<module>:model.save("m.h5")',
                "tensorflow_core/python/keras/saving/hdf5_format.py:save_model_to_hdf5",
                "tensorflow_core/python/keras/engine/network.py:get_config",
                "tensorflow_core/python/util/nest.py:pack_sequence_as",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """The same function, used by a script of its own."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Could not pack sequence. Shapes of parts differ.",
                "train.py:<module>:tf.nest.pack_sequence_as(a, b)",
                "tensorflow/python/util/nest.py:pack_sequence_as",
            ),
        ),
    )
