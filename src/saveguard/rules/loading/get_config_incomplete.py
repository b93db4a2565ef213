"""A custom class's `get_config` leaves out an argument of its constructor.

## What happens

A required argument that is left out stops the load: "missing 1 required positional argument". An
argument with a default comes back as the default, without a word: the model loads and computes
something else.

## Why

The file holds what `get_config` returns; `from_config` passes exactly that to the constructor.

## Fix

Return every argument of the constructor:

    def get_config(self):
        return {**super().get_config(), "units": self.units, "scale": self.scale}

## Seen in

- TF up to 2.12: "TypeError: __init__() missing 1 required positional argument: 'units'".
- Keras 3.15.1: "TypeError: Error when deserializing class 'MyLayer' using config={...}. Exception
  encountered: MyLayer.__init__() missing 1 required positional argument: 'units'"; silent where
  the argument has a default.

## References

- https://keras.io/guides/serialization_and_saving/#config-methods
- https://github.com/keras-team/keras-core/issues/469
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ModelFacts, ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG204", "get-config-incomplete", since="0.1")


@rule.in_model
def _(facts: ModelFacts) -> Iterator[Finding]:
    for item in facts.objects:
        if item.config_error:
            continue
        for parameter in item.parameters:
            if parameter.in_config or not (parameter.required or parameter.differs):
                continue
            then = (
                f"load_model() stops: __init__() is missing its argument '{parameter.name}'"
                if parameter.required
                else f"load_model() gives `{parameter.name}` its default instead of"
                f" {parameter.value}, without an error"
            )
            yield rule.finding(
                where=f"{item.holder}.get_config()",
                message=f"get_config() of `{item.class_name}` leaves out `{parameter.name}`",
                why=f"The file holds only what get_config() returns: {then}.",
                fix="return it too:\n"
                "def get_config(self):\n"
                f'    return {{**super().get_config(), "{parameter.name}":'
                f" self.{parameter.name}}}",
            )


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    told = {o.holder for o in (facts.model.objects if facts.model else ()) if o.config_error}
    for trait in facts.traits:
        named = _named_in_model(facts, trait.holder, trait.attribute)
        if trait.builtin or not trait.argument or trait.holder in told or named:
            continue
        yield rule.finding(
            where=f"{trait.holder}.{trait.attribute}",
            message=f"`{trait.attribute}` of `{trait.class_name}` comes back as {trait.after}"
            f" instead of {trait.before}",
            why=f"A fresh process reloaded the file and found another value: get_config() of"
            f" `{trait.class_name}` does not record it, or from_config() does not pass it on.",
            fix=f'return "{trait.attribute}": self.{trait.attribute} from get_config(), and let'
            " __init__() take it",
        )


rule.in_traceback(
    Signature(
        exceptions=("TypeError", "ValueError"),
        pattern=r"Unable to revive model from config\. When overriding"
        r"|(?P<name>\w+)?\.?__init__\(\) missing \d+ required "
        r"(?:positional|keyword-only) arguments?: (?P<arguments>'.*')",
        stages=("load",),
        message="the file lacks {arguments}, which `{name}` requires",
        why="get_config() of the class did not return it when the file was written.",
        fix="return {arguments} from get_config() and save again; for a file that cannot be saved"
        " again, give the argument a default in __init__()",
        alone=r"from_config|deserializ|Exception encountered|config=",
    )
)


def _named_in_model(facts: ProofFacts, holder: str, attribute: str) -> bool:
    """Whether the model's own sense already tells of this argument."""
    return any(
        item.holder == holder and p.name == attribute and not p.in_config
        for item in (facts.model.objects if facts.model else ())
        for p in item.parameters
    )


def bad(tmp: Path) -> Call:
    """A layer whose `get_config` forgets an argument that has a default."""
    return _save(tmp, "{}")


def good(tmp: Path) -> Call:
    """The same layer, with the argument in its configuration."""
    return _save(tmp, '{"scale": self.scale}')


def _save(tmp: Path, returned: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Scale(keras.layers.Layer):\n"
        "    def __init__(self, scale=1.0, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.scale = scale\n"
        "    def call(self, inputs):\n"
        "        return inputs\n"
        "    def get_config(self):\n"
        f"        return {{**super().get_config(), **{returned}}}\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Scale(scale=3.0)])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
