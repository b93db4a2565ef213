"""A layer holds a Python lambda, which a safe load refuses to run.

## What happens

The file is written. Whoever loads it is told that a lambda "carries a potential risk of arbitrary
code execution", and gets no model.

## Why

A lambda has no name to be stored under, so Keras stores its bytecode. Running code out of a file
is what safe mode forbids; and bytecode of one Python release does not run in another.

## Fix

Write a layer, or a named function that is registered:

    @keras.saving.register_keras_serializable(package="my_package")
    def double(x):
        return 2 * x

    keras.layers.Lambda(double)

## Seen in

- Keras 3.15.1: "ValueError: Requested the deserialization of a `Lambda` layer whose `function` is
  a Python lambda. This carries a potential risk of arbitrary code execution and thus it is
  disallowed by default."

## References

- https://keras.io/api/layers/core_layers/lambda/
- https://github.com/keras-team/keras/pull/21602
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, named, stopping

rule = Rule("SG207", "python-lambda", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for item in facts.objects:
        if item.python_lambda and not item.function:
            yield rule.finding(
                where=f"{item.holder}.{item.python_lambda}",
                message=f"layer `{item.name}` holds a Python lambda",
                why="Keras stores its bytecode, and load_model() refuses to run bytecode from a"
                " file unless safe_mode=False; in another Python release it does not run at all.",
                fix="replace it by a layer class, or by a named function registered with"
                " @keras.saving.register_keras_serializable()",
            )


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "lambda"):
        yield rule.finding(
            where=stop.where,
            message=f"{named(stop)} holds a Python lambda{more}",
            why="The file holds its bytecode, which safe mode does not run;"
            f" {stopping(facts, stop)}.",
            fix="rebuild the model in code with a layer or a registered function in its place, and"
            f" call model.load_weights({facts.path!r})",
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError",),
        pattern=r"Requested the deserialization of a `lambda` object"
        r"|Requested the deserialization of a `?(?P<name>Lambda)`? layer|"
        r"Requested the deserialization of a Python lambda|is a Python lambda",
        stages=("load",),
        message="{where} holds a Python lambda, which safe mode does not run",
        why="The file holds bytecode; running it is running whatever its author put there.",
        fix="ask for the file's author to save it with a layer or a registered function; only for a"
        " file that you trust: keras.saving.load_model(path, safe_mode=False)",
    )
)


def bad(tmp: Path) -> Call:
    """A Lambda layer with a Python lambda."""
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: 2 * x)])
    example = np.ones((2, 3), "float32")
    return Call("save", (model, tmp / "m.keras"), {"example": example})


def good(tmp: Path) -> Call:
    """A Lambda layer with a registered function of a module."""
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    functions = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "def double(inputs):\n    return 2 * inputs\n",
    )
    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(functions.double)])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
