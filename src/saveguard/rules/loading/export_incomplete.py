"""A model is exported without what tells the shape of its inputs.

## What happens

The export stops.

## Why

An export traces a function, for which it must know the inputs. A model that was called knows
them; a plain function tells them by `input_signature`, and an archive with no endpoint has
nothing to trace.

## Fix

Name the inputs:

    archive.add_endpoint("serve", model.call,
        input_signature=[tf.TensorSpec((None, 4), "float32")])

## Seen in

- Keras 3, TF 2.13 to 2.15: "ValueError: If the `fn` argument provided is not a `tf.function`, you
  must provide an `input_signature` argument"
- "ValueError: No endpoints have been set yet. Call add_endpoint()."
- "ValueError: Endpoint name 'serve' is already taken."

## References

- https://keras.io/api/models/model_saving_apis/export/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG280", "export-incomplete", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"Endpoint name '(?P<name>[^']*)' is already taken"
        r"|Unrecognized format=(?P<format>\S+)\. Supported formats are",
        stages=("export",),
        message="the export cannot use `{name}{format}`",
        why="A plain function tells its inputs by `input_signature` only, and an endpoint "
        "needs a name of its own.",
        fix="archive.add_endpoint(name, fn, input_signature=[tf.TensorSpec(shape, dtype)])",
    )
)

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"you must provide an `input_signature` argument"
        r"|The provided tf\.function '.*?' has never been called"
        r"|No endpoints have been set yet"
        r"|Invalid (?:resource|layer) type\. Expected an? "
        r"|The `shape` and `dtype` must be provided\. Received: x="
        r"|Expected (?:all elements in )?`variables` to be (?:a list|`tf\.Variable`)",
        stages=("export",),
        message="the export does not know what to trace",
        why="A plain function tells its inputs by `input_signature` only, and an endpoint "
        "needs a name of its own.",
        fix="archive.add_endpoint(name, fn, input_signature=[tf.TensorSpec(shape, dtype)])",
    )
)


def bad(_tmp: Path) -> Call:
    """The error as Keras raises it."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No endpoints have been set yet. Call add_endpoint().",
                'export.py:<module>:archive.write_out("m")',
                "keras/src/export/saved_model_export_archive.py:write_out",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """Words that are like it, of something else."""
    return Call(
        "explain",
        (
            pasted(
                "ValueError: No endpoints have been seen yet.",
                "export.py:<module>:main()",
            ),
        ),
    )
