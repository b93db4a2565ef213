"""A custom class takes arguments that only its own `get_config` could record, and it has none.

## What happens

Training runs; the save (often a checkpoint after the first epoch) stops with
`NotImplementedError`. Plain Keras has by then emptied the previous file.

## Why

To rebuild an object, Keras stores the arguments of its constructor. It records simple ones by
itself; an array, an object or `*args` it cannot, and asks the class for `get_config`.

## Fix

Return every argument of the constructor from `get_config`, in a form that JSON holds:

    def get_config(self):
        return {**super().get_config(), "table": self.table.tolist()}

`saveguard.save` has written every variable into `NAME.rescue.h5`; `saveguard.restore` puts them
into the model once its class is mended.

## Seen in

- TF 1.15 to 2.2: "NotImplementedError: Layers with arguments in `__init__` must override
  `get_config`."
- Keras 3.15.1: "NotImplementedError: Object MyLayer was created by passing non-serializable
  argument values in `__init__()`, and therefore the object must override `get_config()`"

## References

- https://keras.io/guides/serialization_and_saving/#config-methods
- https://github.com/tensorflow/tensorflow/issues/33947
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts, ObjectFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG203", "get-config-missing", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for item in facts.objects:
        if not item.config_error.startswith("NotImplementedError"):
            continue
        yield rule.finding(
            where=item.holder,
            message=f"`{item.class_name}` has no get_config(), and Keras cannot record its"
            f" arguments by itself{_named(item)}",
            why=f"Keras {facts.keras} stores strings, numbers, booleans and None by itself;"
            f" `{item.class_name}` was made with something else, so model.save() raises"
            " NotImplementedError.",
            fix=f"give `{item.class_name}` a get_config() that returns every argument:\n"
            'def get_config(self):\n    return {**super().get_config(), "argument": self.argument}',
        )


def _named(item: ObjectFacts) -> str:
    names = [one.name for one in item.parameters if one.required or one.differs]
    return f": {', '.join(names)}" if names else ""


rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError",),
        pattern=r"(?s)(?:Object|Layer) (?P<name>\w+) .{0,200}override `?get_config"
        r"|Layers with arguments in `__init__` must override `get_config`"
        r"|Object (?P<name2>\w+) was created by passing positional only or variadic"
        r"|to be a functional `Model` instance, but got a subclassed model",
        stages=("save",),
        message="`{name}{name2}` has no get_config(), and Keras cannot record its arguments by"
        " itself",
        why="To rebuild `{name}` when the file is loaded, Keras needs the arguments that it was"
        " made with.",
        fix="give `{name}` a get_config() that returns every argument of its constructor",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("NotImplementedError",),
        pattern=r"^$",
        stages=("save",),
        frames=r"(?:training|network|functional)\.py:get_config",
        message="the model is a subclass without get_config(), which Keras cannot record by itself",
        why="A subclassed model has no graph of layers from which its configuration could be told.",
        fix="give the class a get_config() that returns every argument of its constructor, or keep"
        " the weights alone with save_weights",
        alone=None,
    )
)


def bad(tmp: Path) -> Call:
    """A layer made with an array, without `get_config`."""
    return _save(tmp, with_config=False)


def good(tmp: Path) -> Call:
    """The same layer with `get_config`."""
    return _save(tmp, with_config=True)


def _save(tmp: Path, *, with_config: bool) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    method = (
        "    def get_config(self):\n"
        '        return {**super().get_config(), "table": np.asarray(self.table).tolist()}\n'
    )
    layers = user_module(
        tmp,
        "import numpy as np\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Table(keras.layers.Layer):\n"
        "    def __init__(self, table, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.table = np.asarray(table, 'float32')\n"
        "    def call(self, inputs):\n"
        "        return inputs * keras.ops.convert_to_tensor(self.table)\n"
        + (method if with_config else ""),
    )
    model = keras.Sequential([keras.Input((3,)), layers.Table(np.arange(3.0))])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
