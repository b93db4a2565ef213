"""A custom layer of a SavedModel cannot be called: its class is not there, nor its graph.

## What happens

The file loads, and the first call of the layer stops; or the model that holds it cannot be put
together.

## Why

A SavedModel holds the graph of a call only where the layer was called, on Keras tensors or real
data, before the save. Without its class, the graph is all that there is.

## Fix

Give the class, so that the layer is built by its code; or call the layer once before the save.

    keras.models.load_model("folder", custom_objects={"Custom": Custom})

## Seen in

- TF 2.3 to 2.15: "ValueError: Cannot call custom layer x of type Custom, because the call
  function was not serialized to the SavedModel."
- TF 2.3 to 2.15: "ValueError: Error loading model(s) in the SavedModel format. The following
  model(s) could not be initialized: {'own'}"

## References

- https://github.com/keras-team/tf-keras/blob/v2.15.0/tf_keras/saving/legacy/saved_model/load.py
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG272", "call-not-saved", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError"),
        pattern=r"Cannot call (?:custom layer )?(?P<name>\S+) [\s\S]{0,300}?call function was"
        r" not serialized to the SavedModel"
        r"|following models? ?(?:\(s\) )?could not be initialized: (?P<names>.{0,100})",
        message="{name}{names} in the SavedModel cannot be called or put together: its class is "
        "not there",
        why="The graph of a call is only written where the layer had been called before the save.",
        fix="load with custom_objects={{'Name': Class}}, or call the layer once before the save",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Cannot call custom layer own of type <class "
                "'keras.saving.saved_model.load.Own'>, because the call function was not "
                "serialized to the SavedModel.",
                "serve.py:<module>:model.layers[1](x)",
                "keras/saving/saved_model/load.py:_unable_to_call_layer_due_to_serialization_issue",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: Cannot call a number.",
                "serve.py:<module>:model(x)",
            ),
        ),
    )
