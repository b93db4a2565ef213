"""A fresh process cannot rebuild the model from the file.

## What happens

`saveguard.save` refuses to give the file its name: a fresh process that loaded it got an
exception instead of a model. Anyone else would have got the same, later.

## Why

The exception says. Frequent causes: a constructor that does not take what `get_config` returns, a
layer that creates its children only when it is called, a layer shared between a model and its
sub-model, code that needs something that only the training process has.

## Fix

Mend what the exception names, and save again. The unproven file lies beside the target as
`NAME.unproven.keras` and holds every weight that Keras stores.

## Seen in

- Any version. Keras 3.15.1 for instance: "A total of 2 objects could not be loaded. Example error
  message for object <...>", "Layer 'dense' was never built and thus it doesn't have any
  variables."

## References

- https://github.com/keras-team/keras/issues/20128
- https://github.com/keras-team/keras/issues/18913
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import Place, ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG208", "reload-fails", since="0.1")

_STEPS = {
    "import": "importing the modules of its custom classes",
    "load": "loading it",
    "call": "calling the loaded model on the recorded example",
}


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    if facts.outcome != "failed":
        return
    head = _telling_line(facts.error)
    yield rule.finding(
        where=facts.place.holder if facts.place else facts.subject,
        message=f"a fresh process failed at {_STEPS.get(facts.stage, facts.stage)}",
        why=f"It raised {facts.error_type}, and so would any process that loads this file with"
        f" Keras {facts.environment.get('keras', '3')}.{_at(facts.place)}",
        fix="mend what the exception names, then save again; to see it whole:\n"
        f"python -c \"import keras; keras.saving.load_model('{_file(facts)}')\"",
        evidence=(f"{facts.error_type}: {head}",),
    )


def _at(place: Place | None) -> str:
    """Which object it is that does not come back."""
    if place is None:
        return ""
    what = {
        "config": "is not given back by its own configuration",
        "arrays": "does not take the arrays that the file holds for it",
        "raises": "raises when it is called",
    }.get(place.kind, "gives something else")
    told = f": {place.error}" if place.error else f": `{place.key}`" if place.key else ""
    return f" {place.holder} (`{place.class_name}`) {what}{told}."


def _file(facts: ProofFacts) -> str:
    """The file that shows it: where `save` keeps one that is not proven, or the one verified."""
    if facts.model is None:
        return facts.subject
    stem, *ends = Path(facts.subject).name.split(".")
    return str(Path(facts.subject).with_name(".".join([stem, "unproven", *ends])))


def _telling_line(error: str) -> str:
    """The line that tells: Keras puts the true reason behind "Exception encountered:"."""
    text = error.rpartition("Exception encountered:")[2] or error
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return (lines or [""])[0][:300]


def bad(tmp: Path) -> Call:
    """A layer whose constructor checks something that only this process has."""
    return _save(tmp, "os.environ.get('SAVEGUARD_EXAMPLE') or os.getpid() == PROCESS")


def good(tmp: Path) -> Call:
    """The same layer, content with any process."""
    return _save(tmp, "True")


def _save(tmp: Path, condition: str) -> Call:
    import os

    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        f"import os\nPROCESS = {os.getpid()}\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Bound(keras.layers.Layer):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        f"        if not ({condition}):\n"
        "            raise RuntimeError('this layer works in the training process only')\n"
        "    def call(self, inputs):\n"
        "        return inputs\n",
    )
    model = keras.Sequential([keras.Input((3,)), layers.Bound()])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
