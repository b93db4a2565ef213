"""An exported function uses a table or a variable that hangs on no tracked object.

## What happens

`model.export`, or `save` as a SavedModel, stops after tracing.

## Why

A SavedModel holds the variables and tables that can be reached from the exported object by
attributes. One that a function merely closes over, or that lies in a plain global, cannot be
written.

## Fix

Hold it in an attribute of a layer or of the model:

    class Look(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.table = tf.lookup.StaticHashTable(start, 0)

## Seen in

- TF 2.0 to 2.21: "AssertionError: Tried to export a function which references an 'untracked'
  resource. TensorFlow objects (e.g. tf.Variable) captured by functions must be 'tracked' by
  assigning them to an attribute of a tracked object"

## References

- https://github.com/keras-team/keras/issues/19108
- https://github.com/tensorflow/tensorflow/issues/57363
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG264", "resource-untracked", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("AssertionError", "ValueError"),
        pattern=r"Tried to export a function which references (?:an )?'?untracked'? (?:resource"
        r"|object)",
        message="an exported function uses a table or variable that no tracked object holds",
        why="Only what can be reached by attributes from the exported object is written.",
        fix="assign it to an attribute of the layer that uses it",
    )
)


def bad(_tmp: Path) -> Call:
    """A table in a global."""
    return Call(
        "explain",
        (
            pasted(
                "AssertionError: Tried to export a function which references an 'untracked' "
                "resource. TensorFlow objects (e.g. tf.Variable) captured by functions must "
                "be 'tracked'",
                'train.py:<module>:model.export("m")',
                "keras/src/export/export_lib.py:write_out",
                "tensorflow/python/saved_model/save.py:_map_captures_to_created_tensors",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """An assertion of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "AssertionError: untracked files in the working tree",
                "release.py:<module>:assert clean()",
            ),
        ),
    )
