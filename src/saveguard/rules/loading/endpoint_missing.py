"""A SavedModel has no endpoint of the name that is asked for.

## What happens

The layer around the SavedModel cannot be made.

## Why

`TFSMLayer` calls one function of the SavedModel. `model.export` names it `serve`, older releases
and `tf.saved_model.save` name it `serving_default`, and other exports have names of their own.

## Fix

Choose one of the names that the message lists:

    keras.layers.TFSMLayer("folder", call_endpoint="serving_default")

## Seen in

- Keras 3, TF 2.13 to 2.15: "ValueError: The endpoint 'serve' is neither an attribute of the
  reloaded SavedModel, nor an entry in the `signatures` field of the reloaded SavedModel."

## References

- https://keras.io/api/layers/backend_specific_layers/tfsm_layer/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG275", "endpoint-missing", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"The endpoint '(?P<name>[^']*)' is neither an attribute of the reloaded"
        r" SavedModel",
        message="the SavedModel has no endpoint '{name}'",
        why="model.export calls it `serve`, older releases `serving_default`.",
        fix="call_endpoint='serving_default', or another of the names that the message lists",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("KeyError",),
        pattern=r"^'(?P<name>\w+)'$",
        message="the SavedModel has no signature '{name}'",
        why="model.export calls it `serve`, older releases and tf.saved_model.save "
        "`serving_default`.",
        fix="list(loaded.signatures) tells the names that there are",
        frames=r"signature_serialization\.py:__getitem__|\.signatures\[",
        alone=r"\.signatures\[",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: The endpoint 'serve' is neither an attribute of the reloaded "
                "SavedModel, nor an entry in the `signatures` field of the reloaded SavedModel.",
                'serve.py:<module>:keras.layers.TFSMLayer("m", call_endpoint="serve")',
                "keras/src/export/tfsm_layer.py:__init__",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: The endpoint 'serve' is neither up nor down.",
                'serve.py:<module>:ping("serve")',
            ),
        ),
    )
