"""A custom class lives in a script, a notebook or a function, where no other process finds it.

## What happens

The file is written and loads in the process that wrote it. In any other process, the service that
serves the model for instance, `load_model` stops with "Could not locate class 'MyLayer'".

## Why

The file holds the class's name, not its code. A class of `__main__` (a script, a notebook) or one
defined inside a function has no module that another process could import to find it.

## Fix

Move the class into a module of your own, register it there, import it in the training script and
in whatever loads the file:

    # my_layers.py
    @keras.saving.register_keras_serializable(package="my_layers")
    class MyLayer(keras.layers.Layer): ...

The file that was written is whole: Saveguard sent the class to the proof by value.

## Seen in

- Keras 3.0 to 3.15.1: "TypeError: Could not locate class 'MyLayer'. Make sure custom classes are
  decorated with `@keras.saving.register_keras_serializable()`."

## References

- https://keras.io/guides/serialization_and_saving/#custom-objects
- https://github.com/googlecolab/colabtools/issues/4753
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts, ObjectFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG202", "class-not-importable", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    seen = set()
    for item in facts.objects:
        if item.builtin or item.importable or item.python_lambda or item.class_name in seen:
            continue
        seen.add(item.class_name)
        yield rule.finding(
            where=item.holder,
            message=f"`{item.class_name}` is defined in {_place(item)}, where no other process"
            " can import it",
            why="The file holds its name, not its code. Whoever loads the file needs the class"
            f" itself, registered as {item.registered or item.class_name!r}, and cannot import it"
            " from where it is.",
            fix=f"move `{item.class_name}` into a module, register it there with"
            " @keras.saving.register_keras_serializable(), and import that module before"
            " load_model()",
            certainty="likely",
        )


def _place(item: ObjectFacts) -> str:
    return "the script or notebook" if item.module == "__main__" else f"a function of {item.module}"


rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Could not deserialize (?:class|function) '(?P<name>[^']+)' because its parent"
        r" module"
        r" (?P<module>(?!keras_\w+|keras\.src\.|keras\.engine|keras\.layers|tf_keras)"
        r"\S+) cannot be imported",
        stages=("load",),
        message="`{name}` lives in the module `{module}`, which this process cannot import",
        why="The file holds the name of the module and of the class, not its code.",
        fix="put {module} on the path (PYTHONPATH), or pass custom_objects={{'{name}': {name}}}",
    )
)


def bad(tmp: Path) -> Call:
    """A registered layer whose class is defined inside a function."""
    import keras
    import numpy as np

    @keras.saving.register_keras_serializable("local")
    class Halve(keras.layers.Layer):
        def call(self, inputs):  # type: ignore[no-untyped-def]
            return inputs / 2

    model = keras.Sequential([keras.Input((3,)), Halve()])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})


def good(tmp: Path) -> Call:
    """A layer of Keras that does the same."""
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((3,)), keras.layers.Rescaling(0.5)])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
