"""The model's own code raises when it is built, called or written, and no other rule knows why.

## What happens

`saveguard.check(model, example=...)` stops there, before a step of training was made. Training
would stop at the same place: at its first step, or at its first checkpoint.

## Why

The code of the layer raised. The finding names the innermost layer through which the exception
came, and quotes it.

## Fix

Mend what the exception names. To see it whole, do what the finding says was being done:
`model(example)`, or `model.save("m.keras")`.

## Seen in

- Every version: any exception of a `build`, `call`, `save_own_variables` or `get_build_config`.

## References

- https://keras.io/guides/making_new_layers_and_models_via_subclassing/
"""

from __future__ import annotations

from pathlib import Path

from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG451", "rehearsal-stops", since="0.1")

_DOING = {"build": "building the model", "call": "calling the model", "save": "writing the model"}
_LATER = {
    "build": "Training stops at its first step.",
    "call": "Training stops at its first step.",
    "save": "Training stops, or goes on without a file, at its first checkpoint.",
}


def found(stage: str, holder: str, error: BaseException) -> Finding:
    """A rehearsal stopped in `stage` (`build`, `call`, `save`) at an object of the model."""
    return rule.finding(
        where=holder,
        message=f"{_DOING[stage]} stops at {holder}: {type(error).__name__}",
        why=f"Its code raised while Saveguard was {_DOING[stage]} on the example. {_LATER[stage]}",
        fix="mend what the exception names; to see it whole: "
        + ('model.save("m.keras")' if stage == "save" else "model(example)"),
        evidence=(f"{type(error).__name__}: {_telling_line(str(error))}",),
    )


def _telling_line(text: str) -> str:
    """The line that tells: Keras says first where it was, then, in bold, what the layer said."""
    told = text.rpartition("\x1b[1m")[2].partition("\x1b[0m")[0]
    told = told.rpartition("Error encountered:")[2]
    return (told.strip().splitlines() or [""])[0][:300]


def bad(tmp: Path) -> Call:
    """A layer that cannot write what it holds."""
    return _check(tmp, "raise RuntimeError('the table is on another machine')")


def good(tmp: Path) -> Call:
    """The same layer, which leaves it to Keras."""
    return _check(tmp, "super().save_own_variables(store)")


def _check(tmp: Path, body: str) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Table(keras.layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.rows = self.add_weight(shape=(shape[-1],), name='rows')\n"
        "    def call(self, inputs):\n"
        "        return inputs * self.rows\n"
        "    def save_own_variables(self, store):\n"
        f"        {body}\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Table()])
    return Call("check", (model,), {"example": np.ones((2, 3), "float32")})
