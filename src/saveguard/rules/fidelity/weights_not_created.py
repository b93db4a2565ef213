"""The model has no weights yet.

## What happens

Plain Keras writes a file without weights, with a warning for `.keras` and without a word for
`.h5`. What loads from it starts from nothing.

## Why

Layers create their variables when they first learn the shape of their input: from an `Input`, by
`build`, or at the first call. A `Sequential` without an input shape, and a subclassed model that
was never called, have none.

## Fix

Give the model an input shape, or give `saveguard.save` an example, on which it is called once:

    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])

A model whose weights are created that way right before its save was never trained; `save` says so.

## Seen in

- TF 1.15 to 2.15: "ValueError: Weights for model sequential have not yet been created. Weights are
  created when the Model is first called on inputs or `build()` is called with an `input_shape`."
- Keras 3.15.1, `save_weights`: "ValueError: You are saving a model that has not yet been built.";
  `model.save` only warns, and to `.h5` says nothing: both files load back with 0 weights.

## References

- https://keras.io/guides/sequential_model/#specifying-the-input-shape-in-advance
- https://github.com/keras-team/keras/pull/20530
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG401", "weights-not-created", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    if not facts.built:
        yield rule.finding(
            where="model",
            message=f"{facts.subject} has no weights yet",
            why="Its layers do not know the shape of their input, so there is nothing to save;"
            " plain Keras would write a file without weights.",
            fix='give an example: saveguard.save(model, "m.keras", example=x); or begin the model'
            " with keras.Input(shape)",
        )
    elif facts.built_from_example:
        yield rule.finding(
            where="model",
            message=f"the weights of {facts.subject} were created just now, from the example",
            why="They are random: this model was never trained, and neither is what the file"
            " gives back.",
            fix="train the model before the save, if it was meant to be trained",
            certainty="possible",
        )


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError", "RuntimeError"),
        pattern=r"Weights for sequential model have not yet been created"
        r"|cannot be saved (?:either )?because the input shape is not available"
        r"|Weights for model (?P<name>\S+) have not yet been created"
        r"|You are saving a model that has not yet been built"
        r"|cannot be saved (?:either )?because the input shapes? (?:ha(?:ve|s) not been set|is not"
        r" available)"
        r"|model (?:provided )?has (?:not yet been built|never been called|never called)"
        r"|tried to call `count_params` on [\s\S]{0,60}isn't built"
        r"|(?:must|should) be built before"
        r"|forward pass of the model is not defined",
        stages=("save", "export", "build", "convert"),
        message="the model {name} has no weights yet",
        why="Its layers create their variables when they first learn the shape of their input.",
        fix="call it once on a batch, or begin it with keras.Input(shape), before the save",
    )
)


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "NotImplementedError"),
        pattern=r"which has not created its variables yet"
        r"|loading weights into a model that has not yet been built"
        r"|Model expected 0 layers, found|into a model with 0 layers",
        stages=("load",),
        message="the model that is to take the weights has none yet",
        why="Its layers create their variables when they first learn the shape of their input.",
        fix="call it once on a batch, or begin it with keras.Input(shape), before load_weights",
    )
)


rule.in_traceback(
    Signature(
        exceptions=("ValueError", "RuntimeError", "AttributeError"),
        pattern=r"but the layer isn't built\. You can build it manually"
        r"|This model has not yet been built"
        r"|To use the BackupAndRestore callback, you model must be built"
        r"|has not yet been built\. It must be built before export"
        r"|has never called\. It must be called at least once before export"
        r"|To call stateless_call, \w+ must be built"
        r"|Input shape must be defined when calling `?build"
        r"|forward pass of the model is not defined",
        message="the model or layer is not built yet, so it has no weights",
        why="Weights are created when the model is first called, or knows the shape of its input.",
        fix="call it once on a batch, or begin it with keras.Input(shape)",
    )
)


def bad(tmp: Path) -> Call:
    """A Sequential that nobody told its input shape."""
    import keras

    return Call("save", (keras.Sequential([keras.layers.Dense(2)]), tmp / "m.keras"))


def good(tmp: Path) -> Call:
    """The same, with an input shape."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    return Call("save", (model, tmp / "m.keras"))
