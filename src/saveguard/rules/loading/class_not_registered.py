"""A custom class or function is not registered, so that only who names it can load the file.

## What happens

The file is written without a word. `keras.saving.load_model` in another process stops with
"Could not locate class 'MyLayer'", although the class is installed there.

## Why

A `.keras` file holds names, not code. Since Keras 3.9 the loader no longer imports the module
that the file names; it finds a custom class only if that is registered under the stored name, or
passed as `custom_objects`.

## Fix

Register the class, in the module that defines it, and save again:

    @keras.saving.register_keras_serializable(package="my_package")
    class MyLayer(keras.layers.Layer): ...

Whoever loads the file imports that module first. Without registration each caller has to write
`load_model(path, custom_objects={"MyLayer": MyLayer})`.

## Seen in

- Keras 3.9 to 3.15.1: "TypeError: Could not locate class 'MyLayer'. Make sure custom classes are
  decorated with `@keras.saving.register_keras_serializable()`."
- Keras 2.13 to 3.x, `.h5`: "Unknown layer: 'MyLayer'. Please ensure you are using a
  `keras.utils.custom_object_scope` and that this object is included in the scope."

## References

- https://keras.io/guides/serialization_and_saving/#custom-objects
- https://github.com/keras-team/keras/issues/21046
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, ModelFacts
from saveguard.finding import Finding
from saveguard.revive import Stop
from saveguard.rule import Call, Rule, Signature
from saveguard.rules.halts import halts, stopping

rule = Rule("SG201", "class-not-registered", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    seen = set()
    for item in facts.objects:
        where = item.module, item.class_name
        if item.builtin or item.registered or not item.importable or where in seen:
            continue
        seen.add(where)
        decorated = "function" if item.function else "class"
        yield rule.finding(
            where=item.holder,
            message=f"{decorated} `{item.class_name}` of `{item.module}` is not registered",
            why=f"load_model() of Keras 3.9 and newer finds `{item.class_name}` only by its"
            " registered name, or where the caller passes custom_objects; without either it stops"
            f" with \"Could not locate {decorated} '{item.class_name}'\".",
            fix=f'put @keras.saving.register_keras_serializable(package="{_package(item.module)}")'
            f" above `{item.class_name}` and save again; or load with"
            f" custom_objects={{'{item.class_name}': {item.class_name}}}",
        )


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    for stop, more in halts(facts, "custom"):
        name, what = stop.values["name"], stop.values["what"]
        registered = stop.values["registered"]
        key = registered if ">" in registered else name
        yield rule.finding(
            where=stop.where,
            message=f"the {what} `{name}`{_origin(stop)} is not Keras's own{more}",
            why=f"The file holds its name, not its code. Where nothing has registered `{key}`,"
            f" {stopping(facts, stop)}.",
            fix=f"import the module that defines and registers `{name}` first; or pass"
            f" custom_objects={{{key!r}: {_python(name)}}} to load_model()",
            certainty=stop.certainty,
        )


def _origin(stop: Stop) -> str:
    module = stop.values["module"]
    return f" of `{module}`" if module not in ("", "builtins") else ""


def _python(name: str) -> str:
    return name.rpartition(">")[2]


_UNKNOWN = "`{name}` is not known to the process that loads {where}"
_WHY = (
    "The file holds the name of a custom class or function, not its code, and nothing that was"
    " imported here has registered it."
)
_FIX = (
    "import the module that defines and registers `{name}` first; or pass"
    " custom_objects={{'{name}': {name}}}"
)
_NAME = (
    r"(?P<name>(?!no\b|CuDNN|LocallyConnected|Functional\b|TFOpLambda|TensorFlowOp|SlicingOp"
    r"|Sequential\b|layers\b)\w+)"
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError", "RuntimeError"),
        pattern=r"Unable to restore (?:a layer|an? object|(?:custom )?object) of (?:class|type)"
        r" \"?"
        r"'?(?P<name2>\w+)"
        r"|Cannot deserialize object of type `(?P<name3>\w+)`"
        rf"|(?:Could not locate (?:class|function)|Unknown layer):? ?'?{_NAME}'?",
        stages=("load",),
        message=_UNKNOWN.replace("{name}", "{name}{name2}{name3}"),
        why=_WHY,
        fix=_FIX.replace("{name}", "{name}{name2}{name3}"),
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError",),
        pattern=r"must be an instance of class Layer\. Received: layer=(?P<name>\w+) of type <class"
        r" 'str'>",
        stages=("load",),
        message=_UNKNOWN,
        why=_WHY,
        fix=_FIX,
        certainty="likely",
        frames=r"load_model|:from_config|model_from_\w+",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Unknown (?:loss|metric|activation) function: ?'?(?P<name>\w+)"
        r"|Unknown (?:initializer|regularizer|constraint|optimizer|object|loss|metric): ?"
        r"'?(?P<name2>\w+)"
        r"|Could not interpret \w+(?: function)? identifier: \{[^\n]*?'config': '(?P<name3>\w+)'",
        stages=("load",),
        frames=r"load_model|load_weights|model_from_\w+|:from_config|hdf5_format|saving_(?:api"
        r"|lib)",
        message=_UNKNOWN.replace("{name}", "{name}{name2}{name3}"),
        why=_WHY,
        fix=_FIX.replace("{name}", "{name}{name2}{name3}"),
    )
)


def _package(module: str) -> str:
    return module.split(".")[0]


def bad(tmp: Path) -> Call:
    """A layer of an importable module that registers nothing."""
    return _save(tmp, "")


def good(tmp: Path) -> Call:
    """The same layer, registered."""
    return _save(tmp, "@keras.saving.register_keras_serializable('shop')\n")


def _save(tmp: Path, decorator: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        decorator + "class Double(keras.layers.Layer):\n"
        "    def call(self, inputs):\n        return 2 * inputs\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Double()])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
