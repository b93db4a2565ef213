"""The reloaded model gives other outputs than the model that was saved.

## What happens

The file loads without an error in a fresh process, and the same inputs give other outputs.
`saveguard.save` refuses to give it its name.

## Why

Something that the outputs depend on is not in the file, or is not what the file says. The other
findings of the same report say what differs: variables, arguments, attributes. Where there is
none, the code that runs is another: a function that was changed, a global switch, another release.

## Fix

Mend the other findings of the report first. If the outputs are known to vary, give a tolerance:
`saveguard.save(..., tolerance=1e-3)`.

## Seen in

- Keras 2 files with `hard_sigmoid`, loaded by Keras 3: other numbers, no error.
- Any version: state in closures, global variables, or code that reads the environment.

## References

- https://keras.io/guides/serialization_and_saving/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import OutputDifference, ProofFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule

rule = Rule("SG410", "outputs-differ", since="0.1")


@rule.in_proof
def _(facts: ProofFacts) -> Iterator[Finding]:
    for output in facts.outputs:
        yield rule.finding(
            where=_where(facts, output),
            message=f"`{output.path}` is {output.got} after the reload, and was {output.expected}",
            why="A fresh process called the reloaded model on the recorded example."
            f"{_by(output)}{_first(facts)}",
            fix="mend the other findings first; where there are none, look for state outside the"
            " model: globals, closures, the environment",
        )


def _where(facts: ProofFacts, output: OutputDifference) -> str:
    """The layer where the models part, where that was looked for; else the output."""
    if facts.place is not None:
        return facts.place.holder
    return output.path + (str(list(output.index)) if output.index else "")


def _first(facts: ProofFacts) -> str:
    place = facts.place
    if place is None:
        return ""
    if place.kind == "config":
        key = f"; its `{place.key}` is another" if place.key else ""
        return f" The configuration of {place.holder} does not give it back{key}."
    size = "" if place.largest is None else f" by {place.largest:.3g}"
    return (
        f" {place.holder} (`{place.class_name}`) is the first layer that takes the same and gives"
        f" something else{size}."
    )


def _by(output: OutputDifference) -> str:
    if output.largest is None:
        return ""
    return f" The difference is {output.largest:.3g}; {output.tolerance:.3g} is allowed there."


def bad(tmp: Path) -> Call:
    """A layer that computes with a global variable of its module."""
    return _save(tmp, change=True)


def good(tmp: Path) -> Call:
    """The same layer, with the global variable left alone."""
    return _save(tmp, change=False)


def _save(tmp: Path, *, change: bool) -> Call:
    import keras
    import numpy as np

    from saveguard.rules.examples import user_module

    layers = user_module(
        tmp,
        "FACTOR = [1.0]\n"
        "@keras.saving.register_keras_serializable('shop')\n"
        "class Global(keras.layers.Layer):\n"
        "    def call(self, inputs):\n"
        "        return inputs * FACTOR[0]\n",
    )
    if change:
        layers.FACTOR[0] = 3.0
    model = keras.Sequential([keras.Input((3,)), layers.Global()])
    return Call("save", (model, tmp / "m.keras"), {"example": np.ones((2, 3), "float32")})
